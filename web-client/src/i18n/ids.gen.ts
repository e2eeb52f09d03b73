/** Made from locales/en.ftl by scripts/ftl-types.mjs. Do not edit. */

type Value = string | number;
type None = Readonly<Record<string, never>>;

/** Every message and the variables it needs. */
export interface Messages {
  'arrival-role': { readonly role: Value };
  'arrival-title': None;
  'error-prefix': { readonly text: Value };
  'error-summary-title': None;
  'landing-beside': None;
  'landing-check': None;
  'landing-host-button': None;
  'landing-host-text': None;
  'landing-host-title': None;
  'landing-intro': None;
  'landing-link-button': None;
  'landing-link-label': None;
  'landing-link-text': None;
  'landing-link-title': None;
  'landing-title': None;
  'link-fault-damaged': None;
  'link-fault-empty': None;
  'link-fault-no-fragment': None;
  'link-fault-role': None;
  'link-fault-version': None;
  'needs-https': None;
  'needs-reload': None;
  'other-language': None;
  'product-name': None;
  'skip-to-content': None;
}
