### What Setroom says, in English. Every id here must be in cy.ftl too.
### No attributes and no markup: one id is one piece of text.
### After a change run `npm run ftl-types`.

## Frame of every page

product-name = Setroom
skip-to-content = Skip to the content
# The link that changes the language, written in the other language.
other-language = Cymraeg

## Landing

landing-title = Run an action learning set beside your video call
landing-intro = A quiet room that keeps time, turns and ground rules, so that you can listen. Members need no account. What they write is locked in their browser; this service cannot read it.
landing-host-title = I am hosting
landing-host-text = Set up a set and share its links.
landing-host-button = Set up a set
landing-link-title = I have a link
landing-link-text = Open it. If that does not work, copy the whole link and paste it here.
landing-link-label = Your link
landing-link-button = Go to the set
landing-beside = Keep your Teams, Zoom or Jitsi call open. This page sits beside it and never uses your camera or microphone.
landing-check = Will it work here? Check this browser

## Faults of a link

error-prefix = Error: { $text }
error-summary-title = There is a problem
link-fault-empty = Paste the link that your facilitator sent you.
link-fault-no-fragment = The end of the link is missing: everything from the # sign on. Some mail programs cut it off. Ask your facilitator to send the link in another way.
link-fault-version = This link was made by a newer Setroom. Reload this page and try again.
link-fault-role = This is not a link to a set. Ask your facilitator to send it again.
link-fault-damaged = The link is not complete. Copy all of it, from https to the very end, and paste it again.

## A link was opened

arrival-title = You have a link to a learning set
arrival-role = { $role ->
    [h] It is the host's link. Keep it to yourself.
    [c] It is a co-facilitator's link. Keep it to yourself.
    [o] It is an observer's link.
   *[m] It is a member's link.
}

## Things that a page cannot do without

needs-https = Setroom needs a secure address, one that begins with https. What you type is locked in your browser, and browsers only do that on secure pages.
needs-reload = Part of this page did not arrive. Check your connection, then reload the page.
