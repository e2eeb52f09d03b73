/** The set's links: what each opens, to copy, to scan, and to change. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { qrSvg } from '../../lib/qr';
import type { Links, Session } from '../../session';
import { useCopy } from '../copy';
import { Btn } from '../components';
import { useRoom } from '../room/room-context';
import { word } from '../messages';
import { type Closing, Sheet } from '../sheet';

/** Drawn in this browser: no other service sees the link. */
function Qr({ link }: { readonly link: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    const draw = (drawn: Element | string): void => {
      if (!gone) box.current?.replaceChildren(drawn);
    };
    qrSvg(link, t('qr-label')).then(draw, () => draw(t('needs-reload')));
    return () => {
      gone = true;
    };
  }, [link]);
  return <div class="qr" ref={box} />;
}

interface OneLinkProps {
  readonly role: keyof Links;
  readonly link: string;
  readonly onRotate?: (() => Promise<unknown>) | undefined;
}

function OneLink({ role, link, onRotate }: OneLinkProps): JSX.Element {
  const { field, copied, copy } = useCopy(link);
  const [sure, setSure] = useState(false);
  const id = `link-${role}`;
  const rotate = async (): Promise<void> => {
    setSure(false);
    await onRotate?.();
  };
  return (
    <section class="link" aria-labelledby={`${id}-title`} data-keep>
      <h3 id={`${id}-title`} tabIndex={-1}>{word(`link-${role}`)}</h3>
      <p class="hint">{word(`link-${role}-about`)}</p>
      <label class="sr-only" for={id}>{word(`link-${role}`)}</label>
      <input id={id} ref={field} class="code" type="text" autocomplete="off" readOnly value={link} dir="ltr" onFocus={() => field.current?.select()} />
      <p class="row">
        <Btn label={word(`copy-${role}`)} onPress={copy}>{t('copy')}</Btn>
        {onRotate && !sure && <Btn look="quiet" label={word(`rotate-${role}`)} onPress={() => setSure(true)}>{t('rotate')}</Btn>}
        <output>{copied && t(copied === 'yes' ? 'copied' : 'copy-by-hand')}</output>
      </p>
      {sure && (
        <div class="tip">
          <p>{t('rotate-about')}</p>
          <p class="row">
            <Btn look="main" onPress={rotate}>{t('rotate-do')}</Btn>
            <Btn look="quiet" onPress={() => setSure(false)}>{t('cancel')}</Btn>
          </p>
        </div>
      )}
      {role === 'member' && <Qr link={link} />}
    </section>
  );
}

const ROLES = ['member', 'host', 'co_facilitator', 'observer'] as const;
const LETTER = { co_facilitator: 'c', member: 'm', observer: 'o' } as const;

/** All links that this browser holds. */
export function LinkList({ session, change }: { readonly session: Session; readonly change: boolean }): JSX.Element {
  const links = session.links.value;
  return (
    <>
      <p class="tip">{t('links-open-nothing')}</p>
      {ROLES.map((role) => {
        const link = links[role];
        if (link === undefined) return null;
        const rotate = change && role !== 'host' ? () => session.rotate(LETTER[role]) : undefined;
        return <OneLink key={role} role={role} link={link} onRotate={rotate} />;
      })}
      <p class="tip warn">{t('links-host-warning')}</p>
    </>
  );
}

/** The links, from within the room. */
export function LinksSheet({ onClose }: Closing): JSX.Element {
  const { session } = useRoom();
  return (
    <Sheet heading={t('links')} onClose={onClose}>
      <LinkList session={session} change />
    </Sheet>
  );
}
