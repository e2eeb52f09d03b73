/** What the screens page puts on its window. */

import type { Fake } from '../../dev/fake';

declare global {
  interface Window {
    fake?: Fake;
  }
}
