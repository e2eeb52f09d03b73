/**
 * *Only me*: a person's own key under a return code that they keep, instead of under what facilitators
 * can open. Then nobody can help them, and nobody else can be made to.
 */

import { type Bytes, sameBytes } from '../seal/bytes';
import { newCode, readCode, writeCode } from '../seal/code';
import { returnKey } from '../seal/wrap';
import type { Context } from './context';
import { openCodeOf } from './opening';
import { keepOwnKey, settleOwnKey } from './own-wraps';
import type { Answer, OwnCode } from './types';

/**
 * `between` runs something while no text is being sealed; `reread` opens texts that may be open now.
 */
export function ownCode(
  context: Context,
  between: (run: () => Promise<Answer>) => Promise<Answer>,
  reread: () => Promise<void>,
): OwnCode {
  const { keys, own, room, world } = context;

  /** A change of who may help comes with a key that nobody had before. */
  const choose = (code: Bytes | undefined): Promise<Answer> =>
    between(async () => {
      const settled = await settleOwnKey(context);
      // Whoever lost the code can begin anew, with nothing of what is under it.
      if (!settled.ok && !(settled.code === 'own_locked' && code === undefined)) return settled;
      const answer = await keepOwnKey(context, 'renew', { code });
      if (answer.ok) await reread();
      return answer;
    });

  let shown: Bytes | undefined;

  return {
    fresh: () => {
      shown = newCode(world.random);
      return writeCode(shown);
    },
    onlyMe: async (typed) => {
      const code = await readCode(typed);
      // Another code than the one that was just shown is as good as none.
      if (code === undefined || shown === undefined || !sameBytes(code, shown)) return 'slip';
      return choose(await returnKey(keys.set, code));
    },
    helped: () => choose(undefined),
    open: async (typed) => {
      const bytes = await readCode(typed);
      if (bytes === undefined) return 'slip';
      const code = await returnKey(keys.set, bytes);
      const box = room()?.own.own_key?.code;
      if (box === undefined) return 'other';
      const list = await openCodeOf(keys.set, box, code);
      if (list === undefined) return 'other';
      await own.take(list);
      own.shown = list;
      // An older box under the same code.
      if (own.locked(room()?.own.own_key)) return 'other';
      await reread();
      return 'opened';
    },
  };
}
