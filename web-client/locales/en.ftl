### What Setroom says, in English. Every id here must be in cy.ftl too.
### No attributes and no markup: one id is one piece of text.
### After a change run `npm run ftl-types`.

## Frame of every page

product-name = Setroom
skip-to-content = Skip to the content
skip-to-dock = Skip to what you can do
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
link-fault-rewritten = A mail filter has put its own address in the place of the link, and the link is not in it. Open it from the mail itself, or ask your facilitator to send the link in another way.
link-fault-none = There is no link to a set in what you pasted. It begins with https and has a # sign in it.

## A link was opened

arrival-title = You have a link to a learning set
arrival-role = { $role ->
    [h] It is the host's link. Keep it to yourself.
    [c] It is a co-facilitator's link. Keep it to yourself.
    [o] It is an observer's link.
   *[m] It is a member's link.
}

other-link = You opened another link of this set. This browser has your place already, as { $role }, and nothing has changed.
other-link-c = It is the co-facilitator's link. To become co-facilitator with the place that you have, ask the host: they press your name, then Make them co-facilitator.
other-link-h = It is the host's link. To come in as host, open it in another browser or in a private window.
other-link-m = It is a member's link. To become a member, ask the host: they press your name and choose a role.
other-link-o = It is an observer's link. To become an observer, ask a facilitator: they press your name and choose a role.

## Things that a page cannot do without

needs-https = Setroom needs a secure address, one that begins with https. What you type is locked in your browser, and browsers only do that on secure pages.
needs-reload = Part of this page did not arrive. Check your connection, then reload the page.

## Words on many screens

starting = One moment…
cancel = Cancel
close-sheet = Close
dismiss = Dismiss
copy = Copy
copied = Copied.
copy-by-hand = Could not copy by itself. The link is marked: copy it by hand.
reload = Reload
translated-kept = A translator tried to change this page, and its words were put back, so that what you see stays true. It may have read names and texts: turn translation off for this page.
translated-old = A translator has changed this page, so what you see may be old. Turn translation off for this page, then reload it.
go-home = Go to the first page
you = you
name-you = { $name } (you)
somebody = Somebody
name-unreadable = A name that cannot be read
away = away
sealed-hint = It is locked in this browser before it is sent.

## Set-up

setup-title = Set up a set
setup-set-name = Name of the set
setup-title-fault = Type a name for the set
setup-own-name = Your name, as the set should see it
setup-own-name-hint = A first name is enough. It is locked before it is sent.
setup-when = When you meet (if you know)
setup-when-hint = London time. Members see it while they wait. You start the meeting yourself.
setup-met = Has this set met before?
setup-met-first = No, it is the first meeting
setup-met-again = Yes: we begin with what became of our actions
setup-charter = Ground rules: see and change them
setup-more = Length, way of working and what is agreed: see and change
usual = { $name } (usual)
setup-create = Create the set
setup-busy = Creating…
setup-failed-offline = The set could not be created: no answer came from the service. Check your connection and try again.
setup-failed-refused = The set could not be created: the service would not take it. If it happens again, tell the people who run this service.
setup-failed-old-client = The set could not be created: there is a newer version of this page. Reload it and create the set again.
setup-failed-too-fast = The set could not be created: too many were made from this network just now. Try again a little later.
setup-failed-unavailable = The set could not be created: the service cannot do it at the moment. Try again in a few minutes.
setup-kept = What you typed is still here.
setup-begun = What you had begun here before is here again.
date-unreadable = Type a whole date that there is, with its time if one is asked for
date-year = Type the year with four digits, such as 2027
date-past = That is in the past: look at the year
date-far = That is more than five years away: look at the year
plan-legend = Shape of the meeting
plan-hint = You can change times while it runs. Nothing moves on by itself.
plan-about = { $slots ->
    [one] { $minutes } minutes, one presenter
   *[other] { $minutes } minutes, { $slots } presenters
}
plan-half-day-210 = Half day
plan-half-day-training-210 = Half day for trainee facilitators
plan-hpma-180 = Three hours
plan-hpma-150 = Two and a half hours
plan-short-90 = Ninety minutes
template-legend = How you work with an issue
template-hint = This is what happens in each presenter's time.
template-minutes = Usually { $usual } minutes a presenter, from { $least } to { $most }; the plan sets how long.
template-warm = Only for a set whose members know each other well.
template-classic = Classic
template-classic-about = The presenter tells, the set asks open questions, the presenter decides what to do.
template-wial = WIAL
template-wial-about = Statements only answer questions. A coach stops the work to look at how it goes.
template-gossip = The presenter turns away
template-gossip-about = The set talks about the case as if the presenter had gone home; the presenter listens.
template-kollegiale = Peer case consultation
template-kollegiale-about = Guesses first, suggestions later, each in a part of its own.
template-case-clinic = Case clinic
template-case-clinic-about = Stillness and mirroring, no advice.
template-troika = Troika
template-troika-about = Three people, quick help, one turn each.
template-question-gift = Question gift
template-question-gift-about = Questions are written and given, not answered.

made-title = { $title } is ready
made-lead = Share the member link. Keep your own host link somewhere safe, such as a password manager.
go-to-room = Go to the room
ics-save = Save a calendar file
ics-about = Setroom, beside our video call.
ics-own-link = Open it with the link that you came by.
links = Links
links-open-nothing = A link alone opens nothing: you admit each person yourself. Still, send links only to those who should have them; mail systems can see them.
links-host-warning = Whoever holds the host link opens the set. If all facilitators lose their links, nobody can recover what the set wrote, not even us.
link-host = Your host link
link-host-about = For you alone. It opens the set on any of your devices. Keep it safe.
link-co-facilitator = Co-facilitator link
link-co-facilitator-about = For somebody who runs the set with you. Once admitted, they can do what you can.
link-member = Member link
link-member-about = For everybody who takes part.
link-observer = Observer link
link-observer-about = For somebody who watches, with the set's consent. Everybody sees them.
copy-host = Copy host link
copy-co-facilitator = Copy co-facilitator link
copy-member = Copy member link
copy-observer = Copy observer link
rotate = Change
rotate-co-facilitator = Change co-facilitator link
rotate-member = Change member link
rotate-observer = Change observer link
rotate-about = The old link stops working at the door, and the set gets a new key. People who are in stay in.
rotate-do = Change the link
qr-label = QR code of the member link

## Confidentiality

mode-legend = Confidentiality
mode-hint = What the set agrees. Changing it during a meeting needs the tap of everybody who is there.
mode-open = What is agreed and kept
mode-set = Stays in this set
mode-set-short = Stays in this set
mode-set-about = You may take away your own story and your own learning, nothing of anyone else's.
mode-set-kept = At the close everything written in the room is destroyed, except practices that the set adopted, what the set is for, and each person's own actions and learning question.
mode-double = Stays, and stays closed
mode-double-short = Stays closed
mode-double-about = You may take away your own story and your own learning only, and nobody raises it with the presenter later unless they do.
mode-double-kept = Headline, actions and practices vanish from the set's view at the close; their owner alone keeps them, the headline until the next meeting opens. Of shared texts only what the set is for is kept.
mode-chatham = Ideas may travel, people may not
mode-chatham-short = Ideas may travel
mode-chatham-about = Content can be used; who was here, who said it and where they work cannot.
mode-chatham-kept = Only lines that the set releases may travel, and whose they are stands nowhere. Of other shared texts practices that the set adopted and what the set is for are kept, and what can be saved or printed after the close does not list who was here.
mode-open-learning = Lessons may be shared
mode-open-learning-short = Lessons shared
mode-open-learning-about = The set picks lines to pass on, each agreed by the person it came from.
mode-open-learning-kept = Lines are released before the close, each with the consent of the person it came from, and a file of them can be saved. Everything else written in the room is destroyed then, except practices that the set adopted, what the set is for, and each person's own actions and learning question.
mode-limit = If I hear that someone may come to serious harm, or of unlawful or unsafe practice that is not being dealt with, I may have to pass it on. I will tell you first if I safely can, and share only what is needed.
mode-change-open = Change what is agreed
mode-change = Change it
mode-propose-open = Propose a change of confidentiality
mode-propose = Propose to everybody
mode-propose-hint = It changes only when everybody who is here has agreed. One "not for me" leaves it as it is, and nobody is told whose it was.
mode-later = Another confidentiality can be proposed to everybody once the meeting runs.
proposal-title = Proposed: { $mode }
proposal-count = { $count } of { $all } have agreed.
proposal-yes = I agree
proposal-no = Not for me
proposal-no-hint = One "not for me" lets it fall. Nobody is told whose it was.
proposal-stays = Until everybody who is here has agreed, this stays: { $mode }. Agreed by all, it would be:
proposal-away = Whoever has been away for a minute is not waited for, and is told when they come back.
mode-missed-title = While you were away, the set agreed: { $mode }
mode-missed-about = Before you take part again, read what is agreed now, and say whether you can live by it.
pass-title = Lines to pass on
pass-about-chatham = Offer a line that may leave the set. Nobody sees it, or that there is one, before it is released; then it is on every screen, and whose it is stands nowhere. Until then it is in the memory of the service alone, locked, and a restart forgets it.
pass-about-open-learning = Offer a line that may leave the set, and say who it came from. It is released only if that person agrees; then it is on every screen, without a name. Until then it is in the memory of the service alone, locked, and a restart forgets it.
pass-line = A line that others may hear
pass-from = It came from
pass-from-me = me
pass-offer = Offer it
pass-waiting = Offered by you
pass-agreed = ({ $name } agrees)
pass-open = ({ $name } is asked)
pass-asked = This line came from you, says somebody. May it be passed on?
pass-yes = Yes, pass it on
pass-no = No
pass-release-chatham = Release all lines at once, when everybody has had time to offer theirs. Lines of one person alone are not released: it would be plain whose they are.
pass-release-open-learning = Release all lines to which the people that they came from have agreed.
pass-release = Release the lines
pass-released = Released
pass-shut = { $count ->
    [one] One line cannot be opened in this browser.
   *[other] { $count } lines cannot be opened in this browser.
}
pass-save = Save these lines
passed-about = These may leave the set. The file has them and nothing else: no name, no date. They go when the next meeting opens.
proposal-done = You have agreed. Waiting for the others.
kept-title = What is kept
kept-all-modes = Names, the set's own name, its own ground rules and what it is for stay with the set. Each person's own actions and learning question stay for that person alone.
kept-days = { $days ->
    [one] Everything of this set is erased from our service { $days } day after its last change or the date of its last meeting, whichever is later. A date is waited for no longer than a year.
   *[other] Everything of this set is erased from our service { $days } days after its last change or the date of its last meeting, whichever is later. A date is waited for no longer than a year.
}
kept-attendance = How many came to a meeting is kept with the set. Who it was is kept only while everybody who takes part agrees to names, also who comes later.
kept-attendance-none = Who came to a meeting is not kept, and no list of it can be saved.
kept-sealed = What you type is locked in your browser and opened only in the browsers your facilitator admits. Our servers, disks, logs and backups hold locked text.
kept-begun = What you have typed and not sent stays in this browser alone, locked, also after a reload; off the record it is on the page alone. It goes when you send it, let it go or forget this browser; after the close it is on your screen only. Notes for you alone, and what you prepare, stay over the close too. A return code that you type is never kept.
kept-begun-page = What you have typed and not sent is on this page alone: this browser keeps nothing, and a reload loses it.
kept-seen = We can see that a set exists, when people connect and from what network address, roles, the order of turns, timers and the rough size of each text. Also who says that something records, who cannot come, who sent an answer of the form and when, and who agrees to names; how many came and, once all agree to names, who; and of a round off the record who began it, who writes in it, and when.
kept-honest = We cannot stop somebody copying what they see, nor protect a device that is watched. You load this page from us: a dishonest version of it could break these promises.
kept-translate = This page asks your browser not to translate it. A translator would be sent names and texts in clear, and can leave an old picture standing.

## Off the record

otr-open = Off the record
otr-begin-title = Go off the record?
otr-lead = For one round, people write lines that nobody can read once it is over. Say aloud what that means before you begin:
otr-means-keys = Each browser makes fresh keys and keeps them in memory. Your browser hands the key of the round to browsers of people in this room, and to nobody else.
otr-means-memory = Lines are locked, and until the round ends they are in the memory of the service alone. Nothing is written to a disk, not even that there was a round.
otr-means-restart = If the service restarts, the round is lost. That is by design.
otr-means-dropped = At its end keys and lines are dropped on every screen and in the service. We drop them; we do not shred the memory of anybody's computer.
otr-means-copy = People can still copy or photograph what they see.
# $minutes is the limit.
otr-means-time = It ends when a facilitator ends it, when you leave the set or are sent to the lobby, when somebody is removed or the key changes, when the meeting is closed, and after { $minutes } minutes at most.
otr-begin = Begin off the record
otr-not-now = Not now
otr-end-title = End the round off the record?
otr-end-about = Keys and lines go from every screen and from the service, and what people are still typing in it goes too. Nobody can bring them back.
otr-end = End it and drop everything
otr-end-open = End the round
otr-title = Off the record
# $name is who began it, $time when it ends by itself.
otr-about = { $name } began this round. Nothing of it is written to a disk, so a reload loses what you are typing here. People can still copy what they see. It ends at { $time } at the latest.
otr-waits = This page waits for the key of the round. A browser that has it hands it over.
otr-lines = Lines of the round
otr-you = You
otr-line = A line off the record
otr-write = Write it
otr-over = The round off the record is over. Its keys and lines are gone.
otr-said-on = The room is off the record.
# $name is who wrote it.
otr-said-line = { $name } wrote a line off the record.

## Charter

charter-title = Ground rules
charter-1 = We start and stop on time, and give this the weight of any other work commitment.
charter-2 = I am somewhere private, door shut, headphones on; other screens and alerts are off.
charter-3 = I bring something real that is still open and that I can act on.
charter-4 = One voice at a time. I wait for the picture to give me the turn, or I ask for it.
charter-5 = I ask short questions, one at a time, without the story before or after.
charter-6 = If I notice I have an answer, I turn it into curiosity or I let it go.
charter-7 = Silence is thinking. I leave it alone.
charter-8 = The presenter may say "pass" to any question, without reason.
charter-9 = I speak for myself. Strong feelings are allowed here.
charter-10 = We say so when something in how we work is not right.
charter-11 = We agree together who may watch. Nobody records.
charter-12 = I come back and tell you what happened, including when nothing did.
charter-agree = I can live by this
charter-agreed = You can live by this
charter-first-member = You see the meeting. To take part in it, agree to the ground rules first.
charter-first-observer = You see the meeting. Please read the ground rules, and say whether you can live by them.
not-agreed-title = Have not agreed to the ground rules
not-agreed-about = They see the meeting and cannot take part until they agree. They are asked to on their screen.
charter-count = { $count } of { $all } can live by this.
charter-edit = Change the ground rules
charter-lines = Ground rules, one on each line
charter-lines-hint = Short lines in the set's own words. When they change, everybody can read them again.
# $name is who wrote what stands.
stands-now = This stands now, by { $name }. If you save, yours takes its place.
agreed = agreed

## Door

door-name = Your name, as the set should see it
door-name-hint = A first name is enough. It is locked before it is sent.
door-name-fault = Type the name you want others to see
door-name-unfit = A name needs a letter or a digit that others can see
door-ask = Ask to join
door-go-in = Go in
door-kept = You will see what is agreed and what is kept before you are let in. Nothing has been sent so far.
typed-stays = The name that you type stays in this browser until you are let in, and may stay in what the browser fills in for you.
typed-stays-page = The name that you type is on this page alone until you ask.
door-anew = Whoever lets people in must sign for it now, and the key of this browser is too old for that. Say your name once more. Whoever lets you in can give you your place back.
check-title = Check of this device
check-crypto = This browser can lock what you type
check-stored = This browser can keep your place for a reload
check-more = Check more
not-stored = This browser keeps nothing: after a reload you will have to be let in again.
not-stored-host = This browser keeps nothing: after a reload you come in again only by your host link. Keep that somewhere safe first.

## Lobby

lobby-title = You are at the door
lobby-here = Your facilitator is here and can see that you wait. You do not need to do anything.
lobby-not-here = Your facilitator is not here yet. You will be seen as soon as they come. You do not need to do anything.
lobby-closed-here = The meeting is over. Your facilitator is here and can let you back to the place that you had: your own actions are there. Nobody new comes in before the next meeting.
lobby-closed = The meeting is over. Whoever was here before can come back to their place once your facilitator is on this page. Tell them that you wait, or open this link again when the next meeting begins.
lobby-back-title = You are back in the lobby
lobby-back = The facilitator has sent you back to the lobby for now. Your place is kept. You do not need to do anything.
lobby-set = This meeting
lobby-place = Your place at the door
lobby-stage = Now
lobby-starts = Meant to begin
lobby-length = Length
lobby-leave = Leave
stage-gathering = The set is gathering
stage-running = The meeting is under way
stage-closed = The meeting is over

## Ended

ended-auth = This link does not open the door
ended-auth-do = It may have been changed since it was sent. Ask your facilitator for the present one.
ended-no-place = This browser has no place in the set any more
ended-no-place-do = You have left the set, or put this browser out from another one of yours, or come with one too many; or the set is over, or an older copy of the service’s data was put back. If you belong to the set, open your link and ask to be let in.
ended-refused = You were not admitted
ended-refused-do = The facilitator did not let this browser in. If you think it is a mistake, talk to them on the call.
erase-title = End this set
erase-about = Everything that our service keeps of this set is erased, for everybody and at once: names, ground rules, dates, keys, links, and everybody's own actions and learning questions. Nothing brings it back. Let people save their actions and learning questions first.
erase-do = End the set and erase it
erase-sure = Yes, erase everything now
erase-doing = It is being erased. The page says when that is done.
ended-removed = You are no longer in this set
ended-removed-do = The facilitator has removed you. Your keys for this set are no longer good. If you think it is a mistake, talk to them.
ended-locked = The room is locked
ended-locked-do = Nobody new can ask to join at the moment. Tell your facilitator on the call that you are here, then open your link again.
ended-full = The set is full
ended-full-do = There is no room for another person or device. Ask your facilitator, then open your link again.
ended-erased = This set is erased
ended-erased-do = Its texts, names, keys and links, and everybody's own actions, are gone from our service's disk, and this browser deletes what it kept of the set. Only the set's number is left there, so that nothing brings it back. Copies that whoever runs the service made or put aside before, and what people saved or printed, are not reached.
ended-closed = The meeting is closed
ended-closed-do = What was written in the room is destroyed, but for what is kept. Whoever had a place can ask at the door to come back to it while the set is kept; for anybody new this link opens again with the next meeting.
ended-link-changed = The link was changed
ended-link-changed-do = Ask your facilitator for the new link.
ended-old-client = There is a newer version of this page
ended-old-client-do = Reload the page, then open your link again.
ended-elsewhere = This set is open in another tab
ended-elsewhere-do = One tab at a time can be in the room. Go on there, or use this one instead.
ended-left = You have left the set
ended-left-do = This browser has forgotten your keys. You can close this tab.
ended-left-keys = You have left the set
ended-left-keys-do = It is not certain that everything that this browser kept of it is gone from the disk. Clear the data of this site in the browser's settings; other sets in this browser go with it.
ended-lobby-stay = You have waited a long time
ended-lobby-stay-do = Nobody has let you in within an hour. Open your link again when the meeting begins.
ended-damaged = This set's record is damaged
ended-damaged-do = Nothing more can be written in it. Tell your facilitator, who asks the people who run this service: once they have put a copy back, reload this page.
ended-bad-frame = Something on this page went wrong
ended-bad-frame-do = Reload the page. If it happens again, tell the people who run this service.
take-over = Use it here

## Gathering

gathering-title = The set is gathering
gathering-start = We begin on { $when }.
gathering-start-open = Your facilitator begins the meeting.
gathering-nothing = You do not need to do anything.
gathering-beside = Put this window beside your call. On a phone, leave this page open: it keeps the screen awake where the browser lets it.
prepare-title = Before you begin
prepare-checks = Is everybody private, and can they hear?
start = Start the meeting
lock = Lock the room
unlock = Unlock the room
locked-hint = The room is locked: nobody new can ask to join.
plan-change = Change the plan

knocks-title = { $count ->
    [one] One person at the door
   *[other] { $count } people at the door
}
knock-unverified = could not be verified
knock-like = looks like { $name }, who is here
knock-back = was here before as { $name }
knocks-closed = The meeting is over: people come back to the place that they had, and nobody comes in as somebody new. Make sure who it is before you give them a place: they read that person's own actions there.
knock-was-here = Was here before on another device?
knock-here = { $name } is here now.
knock-ask = Ask { $name } whether to let this second browser in as well
knock-asked = Asked. { $name } has not answered yet.
knock-yes = { $name } said yes.
knock-let-in = Let it in as { $name }
knock-no = { $name } said that it is not them.
claim-title = Is this you?
claim-about = Since { $time } somebody has been at the door who is said to be you, in another browser. Only you know whether that is so.
claim-yes = Yes, let it in
claim-no = No, that is not me
admit-these = Admit these { $count }
admit = Admit
admit-name = Admit { $name }
admit-new = Admit as somebody new
admit-new-name = Admit as somebody new: { $name }
admit-as = Admit as { $name }
refuse = Refuse
refuse-name = Refuse { $name }

## Room

room-title = The room
menu = Menu
menu-agreed = What is agreed and kept
menu-words = Five words
menu-prompts = Questions to borrow
menu-help = Help and what is kept
menu-leave = Leave…
menu-mine = Yours
menu-set = The set
menu-page = This page
my-name = My name
my-name-hint = Everybody in the set sees the new one.
my-name-save = Change it
my-name-done = The set sees you as { $name } now.
theme = Colours
theme-system = As the system
theme-light = Light
theme-dark = Dark
line-connecting = Connecting
line-live = Connected
line-waiting = Reconnecting
line-trouble = No connection
trouble = The connection is lost. Trying again by itself. Your seat and hand are kept.
# What is wrong, and what to try; behind it or before it stands what goes on by itself.
trouble-again = This page goes on trying by itself.
trouble-unknown = No answer from the service so far.
trouble-trying = Trying now…
trouble-offline = Nothing reaches the service: check your connection. The service may be down.
trouble-refused = This page gets through, but its live connection (WebSocket) is turned away, and there is no other way in. Try another network, such as a phone's, or ask whoever looks after this one.
trouble-silent = This page gets through, but no answer comes on its live connection (WebSocket), and there is no other way in. Try another network, such as a phone's, or ask whoever looks after this one.
trouble-answers = The service, or something on the way to it, answers with error { $status }. If it lasts, tell the people who run this service.
trouble-full = The service takes no more connections at the moment.
trouble-part = Part of this page did not arrive. Check your connection; if this stays, reload the page.
trouble-late = An answer is overdue. What you pressed goes again by itself.
try-now = Try now
late = No answer so far. This page goes on waiting. Check your connection.
failed = That did not work here. Check your connection and try again; if it stays so, reload the page.
open-failed = The set could not be opened here. Check your connection, then open your link again.
page-broken = Something on this page went wrong. Reload it if what you see does not move on.
tech-lost = Lost the call? Stay here, this page is still live. Lost this page? Stay on the call; your seat is kept.
not-sent-yet = { $count ->
    [one] Not sent yet: one thing you pressed. It goes as soon as the line is back.
   *[other] Not sent yet: { $count } things you pressed. They go as soon as the line is back.
}
sending = { $count ->
    [one] Sending…
   *[other] Sending { $count }…
}
set-back = The service holds an older copy of this room than you have seen: the last few things may be missing. Tell the set.
lost-texts = { $count ->
    [one] One text of yours is not in the room, but still on this page.
   *[other] { $count } texts of yours are not in the room, but still on this page.
}
write-again = Write again
not-saved = The service cannot save what you pressed right now, so it has not happened yet. It goes again by itself.
new-build = There is a newer version of this page. Reload between two parts; your seat is kept.
keys-none = Waiting for the key from your facilitator's browser. Names and texts open when it comes.
keys-waiting = A new key is on its way from your facilitator's browser. New texts open when it comes.
keys-behind = The service shows an older key, or an older list of who holds keys, than this browser knows. Nothing that you type is sent until that is put right. Tell your facilitator on the call.
keys-unfit = The list of who holds keys does not fit what this browser knows. Nothing that you type is sent. Tell your facilitator on the call.
keys-past = The meeting that is shown here is over, going by the newest key of this browser. Nothing that you type is sent, and nothing of that meeting is shown, until that is put right. Tell your facilitator on the call.
keys-shut = The newest key does not open in this browser. Nothing that you type is sent until a facilitator's browser makes the next one. Tell your facilitator on the call.
keys-failed = This browser could not take in the newest key. It tries again by itself; if this stays, reload the page.
text-waits = (locked until the key comes)
text-broken = (cannot be opened: damaged or changed)

messages = Messages
steps = Steps
step-of = Step { $step } of { $steps }: { $part }
step-n = Step { $step } of { $steps }
step-done = (done)
then-part = then { $part }
presenter-of = Presenter { $n } of { $of }
slot-n = Presenter { $n }
# When the meeting and each presenter's time ends. $n is a number, $name a person.
ends-title = When it ends, London time
ends-who = Presenter { $n }: { $name }
ends-meeting = The meeting
ends-about = If all goes on as planned from here. Nothing stops by itself.

time-word = left
time-minutes = { $minutes } min
time-left = { $minutes ->
    [one] One minute left
   *[other] { $minutes } minutes left
}
time-over = Time
time-over-by = { $minutes ->
    [one] Time is over by one minute
   *[other] Time is over by { $minutes } minutes
}
time-paused = paused
time-none = No set time
time-no-rush = finishing, no rush

you-present = You are presenting
presents = { $name } is presenting
observer-cue = Those in the circle:
observer-dock = You are observing. You see the process; you need do nothing.
observer-dock-rules = You are observing. The ground rules above are all that you are asked for.
observer-foot = Everybody can see that you observe.
asks = { $name } is asking
you-ask = You have the floor
turn-of = { $name } has the turn
your-turn = It is your turn
next-is = Next: { $name }
who-presents = Who presents?
who-presents-hint = The clock of this part waits. It starts when you press a name.
who-presents-name = { $name } presents
who-presents-waits = Your facilitator says who presents. The clock has not started.
read-aloud = Yours to read aloud
read-aloud-hint = When your turn is done, the set sees it here. If you pass, it stays hidden.
settling = Letting it land. The next question comes in a moment.
end-turn = End this turn
round-done = Done
round-done-for = Done: { $name } has spoken
round-pass = Pass
round-pass-for = Pass: { $name } is passed over
says-need-a-moment = A moment, please: { $name }
says-thinking = Thinking: { $name }
says-pass = This question stays unanswered, and that is fine.
says-ready = Ready for the next question.
presenter-says = Say without words
say-moment = I need a moment
say-thinking = I am thinking
say-ready = Ready for the next
say-pass = Pass this one
say-go-on = Ready to go on

waiting-title = Waiting to ask
waiting-turn-title = Hands up
waiting-none = No hands are up.
move-up = Move { $name } up
move-down = Move { $name } down
invite = Invite
invite-name = Invite { $name }
round-title = The round
turn-now = now
turn-done = done
turn-passed = passed
turn-later = later
hear-title = Still to hear from
hear-hint = Only you see this.
hear-all = Everybody has been in.
in-room = In the room: { $count } of { $all }
in-lobby = in the lobby
has-written = has written
has-ticked = ready
hand-up = hand up
options-for = Options for { $name }
options-own = Options for yourself
options-now = Now
options-meeting = In this meeting
options-role = Role
options-place = Place in the set
role-host = facilitator
role-co-facilitator = co-facilitator
role-trainee = trainee
role-member = member
role-observer = observer
role-presenter = presenter
role-lead = leading
role-scribe = scribe

dock = What you can do
dock-controls = Run the meeting
dock-nothing = No hands and no turns now.
dock-presenting = This is your time.
dock-listening = You are listening. Nobody expects you to speak.
hold-dock = The room is on hold.
where = Where are we?
hand-raise = Put my hand up
hand-lower = Take my hand down
hand-defer = Let others go first
hand-place = You are number { $place } of { $of }.
hands-waiting = { $count ->
    [0] No hands are up.
    [one] One waiting.
   *[other] { $count } waiting.
}
hand-check = Ask yourself: am I curious, or do I have an answer? A point about how we work goes first.
kind-choose = What is it for? (you need not say)
kind-chosen = It is for: { $kind }
kind-legend = My hand is for
kind-none = No kind
kind-clarify = fact question
kind-explore = open question
kind-challenge = challenge
kind-act = action question
kind-any = question
kind-process = how we work
ask-end = I have asked
ask-hint = Ask, then wait.
turn-end = I have spoken
turn-pass = Pass
turn-later-me = Come back to me
round-place = You are number { $place } of { $of } in the round.
round-not-in = You are not in this round: just listen.
round-own-now = It is your turn.
round-own-done = You have had your turn.
round-own-passed = You have passed.
round-own-later = We come back to you.
tick-settle = I am ready
tick-break = I am back
tick-wial-rules = Understood
tick-undo = Take it back
tick-done = The others see your tick.

next-part = Next: { $part }
pause = Pause
resume = Resume
add-2 = Add 2 min
add-5 = Add 5 min
take-2 = Take 2 min off
silence = Silence
silence-end = End the silence
more = More
undo = Undo the last press
give-back = Give the controls back
take-back = Take the controls back
more-title = More
more-time = Time and steps
more-room = The room
more-people = People
more-people-hint = To invite, interrupt, choose a presenter or hand over the controls, use the options beside a name.
more-end = The end
repeat = Repeat this part
parts-open = Go to any part
parts-title = Go to any part
parts-hint = Parts you leave out stay open: you can come back to them.

# The time of what is to come, shared out anew. $minutes are whole minutes.
fit-open = Fit what is left
fit-title = The time that is left
fit-on-time = As things stand the meeting ends when it was to.
fit-late = { $minutes ->
    [one] As things stand the meeting ends one minute later than it was to.
   *[other] As things stand the meeting ends { $minutes } minutes later than it was to.
  }
fit-early = { $minutes ->
    [one] As things stand the meeting ends one minute earlier than it was to.
   *[other] As things stand the meeting ends { $minutes } minutes earlier than it was to.
  }
fit-none = No part to come can be shorter, or longer.
fit-take = Take it from
fit-give = Give it to
fit-from-all = All parts to come
fit-from-breaks = The break and the slack
fit-from-slot = What is left of this presenter's time
# $before and $after are whole minutes.
fit-part = { $before } → { $after } min
fit-rest-late = { $minutes ->
    [one] Even so it ends one minute late.
   *[other] Even so it ends { $minutes } minutes late.
  }
fit-rest-early = { $minutes ->
    [one] Even so it ends one minute early.
   *[other] Even so it ends { $minutes } minutes early.
  }
fit-hint = Each part keeps the least that it can do with, reviews and actions too.
fit-do = Share it out like this
go-to-part = { $n }. { $part }
part-now = we are here
hold = Hold
hold-release = Go on
let-it-land = Let it land
clear-queue = Take all hands down
order = Running order
order-hint = { $slots ->
    [one] The plan has time for one presenter.
   *[other] The plan has time for { $slots } presenters.
}
# $time is minutes and seconds.
turn-time = { $name } has had the floor for { $time }.
order-not-yet = Has not presented yet.
order-had = Presented last in meeting { $last }; had { $used } of { $planned } min so far.
order-rest = Not in the running order
order-add = Add
order-in = Add { $name }
order-out = Take { $name } out
order-set = Set this order
# How presenters share their time.
order-time = Time for each presenter
order-time-planned = As it stands
order-time-equal = The same for each
order-time-asked = As each has asked for

invite-now = Invite to speak now
interrupt = Let them in for a moment, then back
hand-raise-for = Put their hand up for them
hand-lower-for = Take their hand down
round-start-with = Start the round with them
presenter-choose = Make them the presenter
presenter-none = Nobody presents now
scribe-choose = Name as scribe
scribe-none = No longer scribe
hand-over = Hand over the controls
make-member = Make them a member
make-trainee = Make them a trainee
make-observer = Make them an observer
send-to-lobby = Send back to the lobby
bring-back = Bring back from the lobby
remove = Remove…
remove-title = Remove { $name }?
remove-about = { $name } leaves at once and cannot come back with this browser. The set gets a new key and a new member link, so that nothing written from now on opens for them. What they have seen, they have seen.
remove-do = Remove them
make-co = Make them co-facilitator…
make-co-title = Make { $name } co-facilitator?
make-co-about = { $name } can then let people in and remove them, change links, and lead the meeting, as you can. Their browsers get the set's keys and its links, but never yours as host. Everybody sees it, and the five words change. Their place and what they wrote stay theirs. To come with another browser they need the co-facilitator's link from then on.
make-co-do = Make them co-facilitator
unmake-co = Make them a member again…
unmake-co-title = Make { $name } a member again?
unmake-co-about = { $name } can no longer let people in or lead. The set gets a new key and new links, since they know the old ones: send people the new links. Everybody sees it. Their place and what they wrote stay theirs. What their browser held until now, they may have copied.
unmake-co-do = Make them a member

close-meeting = Close the meeting…
close-title = Close the meeting?
# The facilitator's browser knows only of texts that it may see.
close-destroys = { $count ->
    [0] Destroyed for good: what people wrote for themselves alone, apart from their actions and learning questions.
    [one] Destroyed for good: the one text of the room that you see, and what people wrote for themselves alone, apart from their actions and learning questions.
   *[other] Destroyed for good: the { $count } texts of the room that you see, and what people wrote for themselves alone, apart from their actions and learning questions.
}
close-keeps = { $count ->
    [0] Kept, each for its owner alone: actions that you do not see, if there are any. Kept for the set: its name, its ground rules, what it is for, and practices that it adopted.
    [one] Kept, each for its owner alone: one action, and those that you do not see. Kept for the set: its name, its ground rules, what it is for, and practices that it adopted.
   *[other] Kept, each for its owner alone: { $count } actions, and those that you do not see. Kept for the set: its name, its ground rules, what it is for, and practices that it adopted.
}
close-before = Has everybody written down what they will do, and do you have the next date?
close-do = Close and destroy
close-not-yet = Not yet

hold-title = The room is on hold
hold-waiting-title = Waiting for the facilitator
hold-no-facilitator = The facilitator's line is down. Clocks are stopped. Nothing is lost, and nothing else is needed from you.
hold-since = Since { $time }.
hold-nobody-promoted = Nobody else takes over by chance: the controls belong to the facilitator.
silence-title = Silence
silence-asked = Nothing to do. The set will go on together.
silence-over = The time for it is over. There is no rush.
silence-controls = The others see this, and what they are asked to write, if anything. Your controls stay.

## Texts

see-everyone = The set sees it.
see-hidden = Hidden for now: the others see only that you have written.
see-owner = Only you see it, unless you show it to the set.
line-left = { $left ->
    [one] 1 character left
   *[other] { $left } characters left
}
too-long = { $over ->
    [one] 1 character too many. Nothing was cut off: it can be sent once it is shorter.
   *[other] { $over } characters too many. Nothing was cut off: it can be sent once it is shorter.
}
# What was begun and has no form now. $text is its beginning.
begun = You had begun { $kind ->
    [title] a name for the set
    [charter] ground rules
    [headline] a line on your issue
    [bid] a bid
    [action] an action
    [question] a question
    [scribe] a line for the presenter
    [skill] a skill to practise
    [sentence] the problem in one sentence
    [learning] what you learned
   *[reflection] a review
}: “{ $text }”
begun-keep = Keep it
begun-drop = Let it go
begun-kept = Kept for you. It is under My actions in the menu, to be copied, and offered where you can write one.
begun-use = Use what you kept: “{ $text }”
begun-title = Begun and not sent
begun-about = Only you see this. Copy it, let it go, or use it where the meeting asks for it.
begun-closed = Nobody else has seen this. It is on this screen only: copy it if you want to keep it.
begun-label = You had begun { $kind ->
    [title] a name for the set
    [charter] ground rules
    [headline] a line on your issue
    [bid] a bid
    [action] an action
    [question] a question
    [scribe] a line for the presenter
    [skill] a skill to practise
    [sentence] the problem in one sentence
    [learning] what you learned
   *[reflection] a review
}
begun-copy-by-hand = Could not copy by itself. It is marked: copy it by hand.

# Notes for oneself, which never leave this browser.
notes-title = Notes for you alone
notes-label = What stays with you?
notes-stay = Kept in this browser as you type, locked, and sent to nobody. It stays over meetings until you delete it or forget this browser.
notes-stay-page = It is on this page alone: this browser keeps nothing. It is sent to nobody, and a reload loses it.
notes-mine = My notes
# $part is the part of the meeting, $when a date.
note-head = { $part }, { $when }
note-delete = Delete this note
notes-save = Save my notes as a file

# The sheet before one presents.
ready-title = Get ready to present
ready-about = For you alone. What you bring is told in the room, in your own words, and not read out.
ready-issue = What I bring, in one sentence
ready-why = Why it matters to me, and why now
ready-tried = What I have tried or thought of
ready-help = What would help me in this set
ready-signs = Is it a problem, or a puzzle? Mark what is so.
ready-sign-unclear = It is not clear yet what the problem really is.
ready-sign-no-answer = There is no one right answer.
ready-sign-boundary = It is hard to say where it begins and ends, and who is part of it.
ready-sign-no-steps = There are no set steps that would solve it.
ready-problem = It looks like a problem: worth the set's time.
ready-puzzle = It may be a puzzle: then somebody who knows could simply answer it. Is there a question in it that is yours?
ready-delete = Clear this sheet
ready-use = Use what you prepared: “{ $text }”

# One's own learning question.
learning-title = My learning question
learning-about = A question that you follow over the months, for you alone: how it changed, what you found, and what you make of it.
learning-question = The question, as it stands now
learning-keep = Note this version
learning-versions = How the question changed
learning-people = Whom it touches
learning-found = Something that I saw, read or heard
learning-add = Add it
learning-evidence = What I found
learning-did = What I set out to do, and did
learning-happened = What happened
learning-learned = What I learned
learning-next = What I will do now
learning-save = The document is a file of your own, for credit or for your shelf.
learning-page = Save as a page (HTML)
learning-markdown = Save as Markdown
learning-delete = Delete all of this
learning-delete-sure = Delete it for good
learning-store = Keep it
learning-stays = Kept with the set, locked under your own key, over its meetings: nobody else is sent it, and it is here in every browser in which you have your seat.
learning-begun = What you have not kept yet is in this browser alone, locked.
learning-begun-page = What you have not kept yet is on this page alone, and a reload loses it.
# $over is how many bytes.
learning-over = This is { $over } bytes longer than can be kept. Shorten it, or take something away.
learning-drop = Take away
# $text is what was found.
learning-drop-one = Take away: { $text }

# Practices: what an action taught, adopted by the set.
practices-title = Practices of this set
practices-asked-title = The set is asked
practice-asked = Shall we work by this from now on? Everybody who is here taps.
practice-go-asked = Shall we let this go? Everybody who is here taps.
practice-away = Whoever has been away for a minute is not waited for.
practice-no-hint = One “not for me” lets it fall. Nobody is told whose it was.
practice-no-stays = One “not for me” and it stays. Nobody is told whose it was.
# $name is whoever learned it.
practice-from = Learned by { $name }
# $when is a day.
practice-since = adopted on { $when }
practice-let-go = Ask to let it go
practice-pass = Offer it to be passed on
practice-alone = Kept for you alone: in this set nothing is raised again, so the set does not see these any more.
practice-propose-title = Propose what it taught as a practice
practice-line = What the set could work by
practice-propose-hint = One sentence. The set sees it at once, with your name, and adopts it when everybody who is here taps.
practice-propose = Propose it to the set
practice-mine-asked = You have proposed what this taught. The set is asked.
practice-mine-adopted = The set has adopted what this taught.
practice-mine-alone = The set had adopted what this taught. It is kept for you alone.
say-practice-asked = The set is asked about a practice.
say-practice-decided = It is decided about a practice.

# What the set is for, and when it looks again.
framework-title = What this set is for
framework-none = Nothing is written down yet. Everybody in the set sees what you write, and it stays over its meetings.
framework-about = Everybody in the set sees this. It is locked like all that is typed, and stays over the meetings until another facilitator puts theirs in its place, you leave the set, or the set is erased.
framework-purpose = Purpose
framework-objectives = Objectives
framework-parameters = Parameters: what is within, what is not
framework-write = Write it down
framework-edit = Change it
charter-review-title = Looking again at the ground rules
review-none = No day is set to look again.
# $when is a day.
review-on = To be looked at again on { $when }.
review-due = It was to be looked at again on { $when }.
review-open = Set a day to look again
review-day-framework = The day to look at this again
review-day-charter = The day to look at the ground rules again
review-hint = Whoever has said that it is time counts as heard when you set a day.
review-fault = Choose a day to come
review-set = Set this day
review-clear = No day
look-again-framework = It is time to look at this again
look-again-charter = It is time to look at the ground rules again
look-undo = I do not think so any more
look-count = { $count ->
    [one] One of you thinks that it is time. Nobody is told who.
   *[other] { $count } of you think that it is time. Nobody is told who.
}
write-too = Write something yourself
write-send = Write it down
write-save = Save the change
saved = Saved
write-release = Show it to the set
write-withdraw = Take it back
write-seen = The set sees this.
write-unseen = Only you see this.
kind-of-headline = The issue in one line
kind-of-bid = Bids
kind-of-question = Questions
kind-of-scribe = Taken down for the presenter
kind-of-skill = Skills to practise
kind-of-sentence = The problem in one sentence
kind-of-learning = What I take away
kind-of-reflection = My review
write-headline = My issue in one line
write-question = A question to give
write-question-again = Your question
write-scribe = A line the presenter wants kept
write-scribe-again = Line
write-skill = One skill I will practise today
write-sentence = The problem in one sentence
write-learning = One thing I learned
write-reflection = What helped, what got in the way
write-bid = If I took time today, it would be about…
bid-title = My bid for time
bid-pressing = How pressing?
bid-pressing-1 = can wait
bid-pressing-2 = soon
bid-pressing-3 = pressing
bid-minutes = Minutes wanted
bid-minutes-hint = From 5 to 120
bid-minutes-fault = Type a number from 5 to 120
bid-offer = Offer it
bid-change = Change my bid
bid-withdraw = Withdraw my bid
table-title = On the table
action-of = An action of { $name }
actions-title = What I will do
actions-hint = In your own words. Only you see it, unless you show it to the set.
actions-none = You have no actions yet. You can write them in the parts for actions, and at the close.
my-actions = My actions
my-actions-lead = Yours alone: you write them, and you decide who sees them.
own-help-open = Who can help me open these again?
own-help-title = If you come back on another browser
own-help-facilitators = On another browser a facilitator can help you open what only you see.
own-help-only-me = On another browser your return code opens what only you see, and nothing else does.
own-help-locked = What only you see is locked with your return code, which this browser does not know.
own-help-about = What only you see is locked with a key of your own. On another browser you need that key again.
own-help-legend = Who can help me open these again?
own-by-facilitators = Facilitators
own-by-facilitators-about = Their browsers hold your key, and hand it to yours when they let you in again. You need not keep anything.
own-by-only-me = Only me, with a return code
own-by-only-me-about = You keep a code of 28 letters and digits. Facilitators do not hold your key. Then nobody can help: not the facilitators, and not whoever runs this service. Without the code and without this browser, what you wrote stays locked for good.
own-let-help = Let facilitators help
own-make = Make a return code
own-make-another = Make a new code instead
own-code-title = Your return code
own-code-once = It is shown this once. Write it down, print it, or put it where you keep your passwords.
own-copy-by-hand = Could not copy by itself. Write it down or print it.
own-code-again = Type the code, to be sure that you have it
own-code-hint = Small letters will do. Spaces and dashes do not matter.
own-code-set = Only me from now on
own-code-differs = This is not the code above. Compare them group by group.
own-done-only-me = From now on only your return code opens these on another browser.
own-done-facilitators = From now on facilitators can help you open these again.
own-opened = What only you see is open again.
own-locked-title = What only you see is locked here
own-locked-about = You chose that nobody but you can open it. Type the return code that you kept.
own-locked-open = Open
own-locked-slip = That is not a return code: it has 28 letters and digits, and one slip is enough. Compare it with what you kept.
own-locked-other = That is a return code, but not the one that opens this. You may have made a newer one, or it belongs to another set.
own-locked-lost = I do not have the code any more
own-locked-lost-about = Then what is locked stays locked for good, unless another browser of yours is still in the set. You can go on without it. Facilitators can help with what you write from then on.
own-locked-without = Go on without it
back-to-room = Back to the room
action-what = My next step
action-by = By when
action-first = First small step
action-help = Who can help
action-stakeholders = Who needs to be asked
action-happened = What happened
action-learned = What it taught me
action-outcome = How it went
action-keep = Keep this action
action-another = Another action
action-withdraw = Delete this action
outcome-done = done
outcome-changed = changed
outcome-not-yet = not yet
outcome-let-go = let go

## Dialogs

words-title = Five words
words-about = The facilitator reads these five words aloud on the call. Everybody compares them with their own screen. They cover the key and every device that holds it.
words-show = Show the five words
words-differ = If anybody's words differ, stop, and tell the people who run this service.
words-failed = The words could not be worked out yet. Try again in a moment.
cards-title = When you step in
browsers-title = Your other browsers
browsers-about =
    { $count ->
        [one] You are in this set with one browser besides this one.
       *[other] You are in this set with { $count } browsers besides this one.
    }
browsers-lost = If one is lost, or is not yours, put them out. They are shut out at once, and the set gets a new key as soon as a facilitator’s page is open, at the latest for the next meeting. What they were shown before, they have seen.
browsers-host = Whoever has the host link comes in by it again. If it may be in other hands, end this set and make a new one.
browsers-links = The links change with the key: send people the new ones.
browsers-code = If your return code was typed there, make a new one too.
browsers-out = Put the others out
browsers-done = Your other browsers are out.
leave-title = Leave?
leave-stay = Stay
leave-away = If you only go away for a while, just close this tab. Your seat is kept.
leave-about = Leaving the set is for good: your seat, your hand and your texts go.
leave-host = You are the host: without you the set could not be opened again. Close the meeting instead, or forget this browser.
leave-set = Leave the set for good
forget = Forget this browser
forget-about = Deletes everything that this browser keeps of this set: keys, your place, links, what it remembers of texts, and what you have typed and not sent, for a new set too. Other sets in this browser stay. Your browser's own history keeps the titles of pages, so the set's name, and a link that you opened from the address bar; and what it fills in for you may keep your name. Delete those there. To come back you need your link and, unless you are the host, to be let in again.
help-what = Setroom sits beside your call. Talk on the call; here you see whose turn it is, how much time there is, and what you agreed.
help-recording = Setroom has no camera, no microphone and no recording. It cannot see whether your call records.

## At the beginning and at the end

recorder-title = Is anything recording?
recorder-about = Nobody is to record this. Look at your side of the call: a recorder, captions that are saved, a helper that takes notes. The service cannot see any of these.
recorder-no = Nothing records here
recorder-yes = Something records
recorder-on = Recording now, as they said:
recorder-on-about = Stop it, or talk about it, before you go on.
recorder-none = Everybody here has said that nothing records.
recorder-after-all = Something records after all
recorder-off-now = Mine is off now
recorder-open = { $count ->
    [one] One person has not said yet whether anything records.
   *[other] { $count } people have not said yet whether anything records.
}
form-title = How was it? Sixty seconds
form-about = Nobody sees your answer before at least five are there and a facilitator shows them: then how often each mark was given is on every screen at once, without names. Until then answers are in the memory of the service alone, locked: a restart forgets them, and your page sends yours again while it is open. Whoever runs the service and is in this set as well could open them, and know whose each is. With fewer than five nothing is shown. What was shown goes when the next meeting opens.
form-title-shown = How it was
form-heard = I was heard
form-stretched = I was stretched
form-safe = I felt safe enough to say the real thing
form-asked = We asked more than we told
form-pace = The pace left room to think
form-held = The facilitator held it well
form-screen = The screen helped more than it hindered
form-scale-1 = Not met
form-scale-2 = Partly
form-scale-3 = Fully
form-send = Send
form-again = Send again
form-sent = Sent. Until the answers are shown you can send another in its place.
form-unsure = The line was gone, and the service may have forgotten your answer. This page sends it again by itself. If these words stay, send it again yourself.
form-new-key = Your answer was taken out, since the set has a new key. Send it again.
form-show-about = Show the answers when everybody has had time. Nobody can answer after that.
form-show = Show the answers
form-shown-about = { $count } answers, without names.
form-withheld = Nothing is shown: this browser can open fewer than five answers, or they are others than before, and that could tell whose they are.
form-shut = { $count ->
    [one] One answer cannot be opened in this browser.
   *[other] { $count } answers cannot be opened in this browser.
}
attendance-title = Who was there
attendance-about = This comes from who was connected. Put right what is wrong: whoever was on the phone was there too. Who it was is written down only once everybody has agreed to names.
attendance-unknown = Who it was is not known any more: only how many is kept.
attendance-correct = Put it right
attendance-keep = Keep this
attendance-names = Who was there is kept as numbers. It is kept by name while everybody who takes part agrees: { $count } of { $all } do. Who comes later has not agreed yet: then, or when one takes it back, the names of all meetings go. When somebody goes before all agreed, be it one who came for a moment, everybody agrees anew, so that nobody can tell who had.
attendance-names-yes = I agree to names
attendance-names-no = No names any more
attendance-save = Save attendance
attendance-when = When
attendance-who = Who
attendance-all = all
attended-came = came
attended-late = came late
attended-left-early = left early
attended-apologies = sent apologies
attended-absent = was not there
away-title = Who cannot come
away-about = If you cannot come, say so here. Nobody asks why.
away-cannot = I cannot come
away-can = I can come after all
away-cannot-on = I cannot come on { $when }
away-can-on = I can come after all on { $when }
# Fewer can come than a set needs. $count can of $all; $minutes and $slots are those of the shortest plan.
few-can = { $count } of { $all } can come.
few-about = With fewer than five, a set usually moves the date, or goes ahead small: fewer presenters, and less time for everybody.
few-later = To go ahead small, choose a shorter plan once that meeting is open.
few-small-about = { $slots ->
    [one] Small would be { $minutes } minutes, with one presenter. Until the start you can choose another plan again.
   *[other] Small would be { $minutes } minutes, with { $slots } presenters. Until the start you can choose another plan again.
  }
few-small = Go ahead small
few-move = Move the date

## Close

summary-title = The meeting is closed
summary-no-actions = You wrote no actions.
receipt-title = What was destroyed, what is kept
receipt-line = Closed on { $when }. { $people ->
    [one] One person had a seat.
   *[other] { $people } people had a seat.
}
receipt-destroyed = Destroyed: { $what }.
receipt-kept = Kept, locked: { $what }.
receipt-actions = Actions are kept for their owners alone. Nobody else can open them here any more. What was for one person alone is not counted.
receipt-returns = If this browser forgets you, your link still leads to the door. Your facilitator can let you back to your place there, and your own actions open again, those that you had shown once this browser has locked them for you after the close. If you chose a return code you need that too.
receipt-double = So are headlines, until the next meeting opens. What the set had seen, its owner's browser locks again: under their own key, and no longer under the set's.
headline-kept-title = Your headline
headline-kept-about = Only you see it any more. It goes when the next meeting opens: save the file if you want it for longer.
receipt-nothing = nothing
lasting-title = What this browser may forget
lasting-open = This browser promises nothing: it may delete what it keeps of this set when its disk fills up, and some do after a week without a visit.
lasting-kept = This browser promises to keep what it has of this set until you clear it.
lasting-none = This browser promises nothing: it may delete what it keeps of this set, and cannot be held to more.
lasting-link = Keep your link somewhere else as well: it leads back to the door.
lasting-link-host = Keep your host link somewhere else as well: it opens the set again by itself.
lasting-code = Keep your return code too.
lasting-ask = Ask this browser to keep it
lasting-how = Some browsers ask you, and some decide by themselves.
print = Print
save-file = Save as a file
next-title = The next meeting
next-then = After that:
next-none = There is no date yet. Once a facilitator has set one, it stands here.
next-none-host = There is no date yet. Agree one on the call, and set it here for everybody.
next-how = On the day, open the link that you came by, with this browser: you are in at once. What you wrote as your actions is there.
next-open = Open the next meeting…
next-open-about = Everybody with a seat is in it at once, and by the links of members and observers new people can come again, each let in by you. Plan and way of working are the last ones, and can be changed before the start. Actions are there, each for its owner. A new key is made. This page, with what was destroyed, goes.
next-open-do = Open it now
ahead-title = Meetings to come
ahead-none = No date after this one yet.
last-title = What you said you would do
last-about = You are asked what became of it in this meeting. Nobody else sees it unless you show it.
meeting-of = Meeting { $number } of { $of }
meeting-n = Meeting { $number }
dates-open = Dates…
dates-title = Dates of the set
dates-about = London time, summer time included. Everybody in the set sees the dates; the service reads them too, since it keeps the set for them.
dates-none = There is no date yet.
dates-weeks = Weeks from one meeting to the next
dates-weeks-fault = A whole number from 1 to 52
dates-add = Add a meeting
dates-save = Save the dates
dates-saved = The dates are saved.
dates-calendar = Each calendar file holds all of them. Saved again after a change it moves what was moved, and takes out what is off.
# Who runs the meetings to come. $name is a person.
leads-title = Who runs them
leads-about = Whoever it is has the facilitator's controls once that meeting is opened. The host and co-facilitators have them in any case.
leads-open = Nobody in particular
lead-of = { $name } runs it.
date-of-meeting = Meeting { $number }
date-drop = Take off meeting { $number }
date-drop-short = Take off
date-twice = Two meetings cannot begin at the same time
asked-title = Which dates can you make?
asked-about = You can change your answer until dates are fixed. Everybody in the set sees who has said what; the service reads it too, since it keeps the dates.
asked-when = { $when }, London time
asked-answer = { $answer }: { $when }
asked-table = Who can: { $when }
asked-best = Best so far
answer-yes = Yes
answer-if-need-be = If need be
answer-no = No
answer-none = Not answered
asked-fix = Fix this
asked-fix-about = What is fixed becomes the date of a meeting, for everybody and in each calendar file saved from then on. Nobody is asked any more.
asked-fix-do = { $count ->
    [0] Fix dates
    [one] Fix one date
   *[other] Fix { $count } dates
}
asked-change = Change what is asked…
asked-stop = Stop asking…
asked-stop-about = The times go, and all answers with them.
asked-stop-do = Stop asking
asked-over = Nobody is asked about dates any more.
asked-open = Dates you are asked about…
ask-open = Ask who can when…
ask-title = Ask which dates people can make
ask-about = London time, summer time included. Everybody but observers is asked. All in the set see who has said what; the service reads it too.
ask-day = Day
ask-morning = Add the morning, { $from } to { $to }
ask-afternoon = Add the afternoon, { $from } to { $to }
ask-hour = Another beginning on that day
ask-hour-fault = Type a time that the clocks of London show on that day
ask-free = Add it, { $minutes } minutes long
ask-added = Added: { $when }
ask-twice = Something that begins then is there already
ask-list = What people are asked about
ask-none = Nothing is chosen yet.
ask-keeps = Answers stay with every time that stays.
ask-do = Ask everybody
ask-done = Everybody is asked.
time-point = { $day }, { $from }
time-span = { $day }, { $from } to { $to }
time-here = Where you are ({ $zone }): { $when }
# $time is an hour, $here the same hour on this browser's clock, and $zone the town after which that clock is named.
time-clock = { $time } London time
time-clock-here = { $time } London time ({ $here } in { $zone })
time-hour-here = { $time } ({ $here } in { $zone })
count-title = { $count ->
    [one] the set's name
   *[other] { $count } names of the set
}
count-name = { $count ->
    [one] one name
   *[other] { $count } names
}
count-charter = { $count ->
    [one] the ground rules
   *[other] { $count } versions of the ground rules
}
count-headline = { $count ->
    [one] one headline
   *[other] { $count } headlines
}
count-bid = { $count ->
    [one] one bid
   *[other] { $count } bids
}
count-action = { $count ->
    [one] one action
   *[other] { $count } actions
}
count-question = { $count ->
    [one] one question
   *[other] { $count } questions
}
count-scribe = { $count ->
    [one] one line of the scribe
   *[other] { $count } lines of the scribe
}
count-skill = { $count ->
    [one] one skill
   *[other] { $count } skills
}
count-sentence = { $count ->
    [one] one sentence
   *[other] { $count } sentences
}
count-practice = { $count ->
    [one] one practice
   *[other] { $count } practices
}
count-learning-question = { $count ->
    [one] one part of a learning question
   *[other] { $count } parts of learning questions
}
count-framework = { $count ->
    [one] what the set is for
   *[other] { $count } texts on what the set is for
}
count-learning = { $count ->
    [one] one learning
   *[other] { $count } learnings
}
count-reflection = { $count ->
    [one] one reflection
   *[other] { $count } reflections
}

## Spoken

say-part = { $part }. { $cue }
say-paused = The clock is paused.
say-resumed = The clock runs on.
say-time-added = The time of this part has changed.
say-time-fitted = The time of the parts to come has changed.
say-saved = Saved.
say-undone = What was pressed last is undone.
say-device = { $name } has come in with another browser.
say-claim = Somebody at the door is said to be you. Please answer.
say-hold-ended = We go on.
say-silence = Silence begins. Nothing to do.
say-silence-ended = The silence is over.
say-hand-up = Your hand is up. You are number { $place } of { $of }.
say-hand-down = Your hand is down.
say-cleared = All hands are down.
say-your-floor = You have the floor.
say-your-turn = It is your turn.
say-you-next = You are next.
say-no-presenter = Nobody is presenting.
say-you-lead = You have the controls now.
say-leads = { $name } has the controls now.
say-mode-proposed = A change of confidentiality is proposed: { $mode }.
say-mode-set = Agreed: { $mode }.
say-lines = Lines to pass on were released.
say-mode-kept = What is agreed stays as it is.
say-closed = The meeting is closed.
say-opened = The next meeting is open. The set is gathering.
say-dates = The dates of the set have changed.
say-dates-asked = You are asked which dates you can make.
say-waiting = { $count ->
    [0] No hands are up.
    [one] One waiting.
   *[other] { $count } waiting.
}
say-knocks = { $count ->
    [one] One person at the door.
   *[other] { $count } people at the door.
}
say-back = The connection is back.
say-time = { $minutes ->
    [0] Time. There is no rush.
   *[other] { $minutes } minutes left in this part.
}
where-gathering = { $count ->
    [one] The set is gathering. One person is here.
   *[other] The set is gathering. { $count } people are here.
}
where-part = Step { $step } of { $steps }: { $part }.
where-left = { $minutes ->
    [one] One minute left.
   *[other] { $minutes } minutes left.
}
where-over = The time is over; there is no rush.
where-paused = The clock is paused.
where-you-present = You are presenting.
where-presents = { $name } is presenting.
where-headline = The issue: { $text }
where-silence = It is silent.
where-your-floor = You have the floor.
where-floor = { $name } has the floor.
where-you-next = You are next.
where-next = Next is { $name }.
where-place = Your hand is up: number { $place } of { $of }.
where-mode = Agreed: { $mode }.

## Refusals, by code

code-role = Your role cannot do that.
code-stage = That cannot be done at this stage of the meeting.
code-part = That cannot be done in this part.
code-stale = The meeting has just moved on. Look again, and press once more if you still want it.
code-no-seat = That person is not in the set any more.
code-no-item = That text is not there any more.
code-no-part = There is no such part.
code-no-knock = That person is not at the door any more.
code-no-device = That browser is not in the set any more.
code-not-yours = That is not yours to do now.
code-no-hand = That hand is not up any more.
code-no-turn = Nobody has the floor at the moment.
code-no-round = There is no round in this part.
code-no-presenter = Nobody is presenting at the moment.
code-nothing-to-undo = It is too late to undo that.
code-already = It is like that already.
code-holding = The room is on hold. Press Go on first.
code-locked = The room is locked: nobody new can ask to join.
code-lines = There is nothing to release yet. Where people may not travel, lines of at least two people are needed.
code-few = Fewer than five have answered: nothing is shown.
code-charter-first = Please agree to the ground rules first.
code-in-lobby = That person is in the lobby.
code-stale-epoch = The key has just changed. Please send it once more.
code-stale-roster = Somebody came or went just now. Please press once more.
code-seat-here = This person is here. They are asked first.
code-not-them = They said that it is not them.
code-sealed-own = This text is locked for its author alone. It is locked for the set first, and then shared.
code-meetings = There are too many meetings with a date already, or this set has held as many as it can.
code-times = People can be asked about 24 times at once, and no more.
code-own-key-chars = Too many browsers would have to hold your own key.
code-roster-edits = The list of who holds keys has grown too long. It goes on once the host has opened the set.
code-stale-revision = This text was changed elsewhere. Look at it, then save again.
code-stale-order = This browser fell out of step. Please send it once more.
code-kind = You cannot write that here and now.
code-long-text = That text is too long. Please shorten it.
code-range = That number is too large or too small.
code-no-template = This service does not know that plan.
code-people = The set is full.
code-devices = There are too many devices in this set already.
code-lobby = Too many people are waiting at the door.
code-items = There is no room for more texts. Take one back first.
code-sealed-bytes = There is no room for more texts in this set.
code-knock-refused = The facilitator did not let this browser in.
code-lobby-stay = The wait at the door was too long.
code-link-changed = The link was changed. Ask for the new one.
code-busy = The room is very busy. Please press once more.
code-not-saved = That could not be saved, so it has not happened. Please press once more.
code-too-fast = That was too quick for the room. Please wait a moment.
code-quarantined = The service stumbled over that, so it was not done. Please tell whoever runs it.
code-own-locked = Type your return code first. What only you see is locked with it.
code-failed = That did not work in this browser. Check your connection and press once more; if it stays so, reload the page.
code-gone = That was not sent, and the page no longer knows it. Look again, and press once more if you still want it.

## Parts of a meeting

part-settle = Settle in
part-check-in = Check in
part-charter = Ground rules
part-action-review = Action review
part-bids = Bids
part-break = Break
part-process-review = How we worked
part-close = Closing round
part-slack = Time in hand
part-trainee-feedback = Feedback to the trainee
part-classic-present = The issue
part-classic-clarify = Clarifying
part-classic-explore = Open questions
part-classic-pause = Silence
part-classic-act = Actions
part-classic-resonance = Resonance
part-classic-review = Review
part-gossip-present = The issue
part-gossip-explore = Questions to choose from
part-gossip-talk = Talking about the case
part-gossip-return = The presenter returns
part-gossip-review = Review
part-koll-roles = Roles
part-koll-case = The case
part-koll-ask = Clarifying
part-koll-hypotheses = Guesses
part-koll-comment = What rings true
part-koll-solutions = In your place
part-koll-decide = Deciding
part-koll-share = What we take away
part-clinic-roles = Roles
part-clinic-intention = Intention
part-clinic-stillness = Stillness
part-clinic-mirror = Mirroring
part-clinic-reflect-back = Reflecting back
part-clinic-dialogue = Dialogue
part-clinic-close = Closing
part-clinic-journal = Journal
part-troika-think = Think
part-troika-share = Share
part-troika-clarify = Clarify
part-troika-consult = Consult
part-troika-back = Back to you
part-gift-present = The issue
part-gift-clarify = Clarifying
part-gift-write = Writing questions
part-gift-give = Giving questions
part-gift-choose = Choosing
part-gift-think-aloud = Thinking aloud
part-gift-act = Actions
part-wial-rules = Two rules
part-wial-skill = Skills
part-wial-problem = The problem
part-wial-inquiry1 = Inquiry
part-wial-check1 = How are we doing?
part-wial-inquiry2 = More inquiry
part-wial-write = Writing the problem
part-wial-read = Reading the problem
part-wial-inquiry3 = Towards a goal
part-wial-check2 = Second check
part-wial-act = Actions
part-wial-learn = Learning

## Cues: what facilitator (f), presenter (p) and member (m) do now

cue-settle-f = Is everybody private, and can they hear? Recording and saved captions off in the call.
cue-settle-m = Door shut, headphones on, other screens and alerts off.
cue-check-in-f = One minute each: how are you arriving, and what do you need to put down?
cue-check-in-m = How are you arriving, and what do you need to put down? Speak or pass.
cue-charter-f = Read the ground rules together. What is missing, and what do you need to say about it?
cue-charter-m = Can you live by this? Say what is missing.
cue-action-review-f = What did you do, what happened, what did it teach you?
cue-action-review-p = Done, changed, not yet, or let go: all are news.
cue-bids-f = Who most needs it now, and who has waited longest?
cue-bids-m = "If I took time today, it would be about…" one sentence, how pressing, how long.
cue-break-m = Away from the screen. Press when you are back.
cue-trainee-feedback-f = What I saw, what it did, what I wonder, one thing to keep.
cue-trainee-feedback-m = What did the facilitating do for you? One thing to keep.
cue-slack-m = Time in hand. Nothing has to happen.
cue-present-f = Nobody in yet.
cue-present-p = Tell it your way. What is going on, why does it matter to you, what have you tried, what would be useful?
cue-present-m = Just listen.
cue-clarify-f = Is that a fact question, or already a theory?
cue-clarify-p = Short answers.
cue-clarify-m = Only what you need to follow the story.
cue-explore-f = Let it land. Who has not been in?
cue-explore-p = Take your time; you may think aloud, or not answer.
cue-explore-m = Ask what you truly do not know the answer to.
cue-pause-all = Silence. What stands out? What is not being said?
cue-act-f = How likely, out of ten? What would add one?
cue-act-p = So what are you going to do? First small step? By when? Who can help? Who needs to be asked?
cue-act-m = Help make it smaller and surer.
cue-resonance-p = Just receive.
cue-resonance-m = What did this wake in me, or teach me? Nothing about what you should do.
cue-slot-review-f = To the presenter first: which question moved something? What got in the way? What do you want from us next time?
cue-slot-review-p = Which question moved something? What got in the way? What do you want from us next time?
cue-slot-review-m = The presenter first, then any: what helped, what got in the way?
cue-choose-p = Keep the ones that tug; leave the rest.
cue-choose-m = Short questions, given and left alone. The presenter chooses.
cue-gossip-p = Camera and mic off. Listen, write, do not defend.
cue-gossip-m = Talk about the case as if they had gone home: kindly, freely, "they", not "you".
cue-return-p = What struck you? What rings true, what does not? No need to explain yourself.
cue-return-m = No comebacks.
cue-hypotheses-p = Just listen. You need not correct anything.
cue-hypotheses-m = "It might be that…" Guesses only, no remedies.
cue-in-your-place-p = Just receive.
cue-in-your-place-m = "In your place I would…" one each, no debate.
cue-koll-roles-f = Who brings the case, who consults, who writes?
cue-koll-roles-m = Say what you would like to do.
cue-clinic-roles-f = Who gives the case, who watches time?
cue-clinic-roles-m = Say what you would like to do.
cue-clinic-intention-p = Where you are; how others see it; what you want to come about; what you may need to let go or learn; where you want help.
cue-clinic-intention-m = Listen with care. Ask only what you need to follow the story.
cue-mirror-p = Just receive.
cue-mirror-m = The image I got… the feeling I noticed… the gesture I wanted to make…
cue-dialogue-p = Take what helps; you may think aloud.
cue-dialogue-m = Add to what was just said; stay with the person, not your idea.
cue-think-aloud-p = Start with the one you like least.
cue-think-aloud-m = Just listen.
cue-troika-think-all = What is your challenge, and what sort of help do you want?
cue-gift-write-p = Breathe. They are writing for you.
cue-gift-write-m = One question you would be glad to be asked.
cue-gift-give-p = Just receive. Nothing needs an answer.
cue-gift-give-m = Read it once, slowly, then stop.
cue-wial-rules-f = Statements only as answers to questions; anyone may ask anyone. When I step in, we stop and look at how we work.
cue-wial-rules-m = Statements only as answers to questions. When the coach steps in, we stop and look at how we work.
cue-wial-skill-m = One skill I will practise today.
cue-wial-problem-p = Two minutes, the bare problem.
cue-wial-problem-m = Just listen.
cue-wial-inquiry-f = What question are we answering?
cue-wial-inquiry-p = Answer what you are asked, then stop. You may ask, too.
cue-wial-inquiry-m = Ask, then wait.
cue-wial-check-f = How are we doing, one to ten? What goes well? What could be better?
cue-wial-check-m = One to ten, what goes well, what could be better.
cue-wial-write-m = The problem in one sentence, not the cure.
cue-wial-read-f = Are we agreed? What is still different?
cue-wial-read-m = Read it as written.
cue-wial-goal-p = What would success look like to you?
cue-wial-goal-m = What would success look like, and what could get us there?
cue-wial-learn-f = How did you do on your skill? Who saw an example? What will you use at work?
cue-wial-learn-m = How did I do on my skill? What will I use at work?
cue-process-review-f = When were we at our best? Where did we slip into fixing? One thing to do differently next time.
cue-process-review-m = When were we at our best? Where did we slip into fixing?
cue-close-f = Next date, and who brings what.
cue-close-m = One word, or one line, to leave with.
cue-hold-all = The room is on hold. Clocks are stopped. Nothing else is needed from you.

## Questions to borrow, and cards for stepping in; " · " stands between them

bank-clarify = Who else is in this? · How long has it been so? · What have you tried? · What is yours to decide?
bank-explore = What matters most to you here? · What have you not said yet? · If nothing changes, what then? · What is your part in keeping it as it is? · What would you do if you were not being careful? · When does it not happen?
bank-challenge = What are you taking for granted? · Who would tell this differently, and how? · What are you getting from not acting? · Is that known, or feared? · Whose problem is it?
bank-act = What is the smallest thing that would count? · What will you stop? · Who must hear it from you? · What will you do when it gets hard? · How will we know?
bank-disguised = An answer in disguise: it starts "have you thought of…", "could you not…", "would it help if…"; it has "because" in it; it holds two questions; you know the reply you want.
cards = Let it land · One question at a time, which one? · What is behind that question? · Is this for you or for the presenter? · Back to the presenter's words · We are fixing · What are we not asking? · Is this useful, where do you want to go? · Slow down: count to eight · I notice… what is its effect… what shall we do? · Shall we pause or carry on? · Ten minutes: stay, move, or close?

## The page that checks a browser

selftest-title = Will it work here?
selftest-about = This page tries out, in this browser and on this network, all that a set needs. Nothing is sent to anybody, and nothing is kept.
selftest-checking = Checking…
selftest-results = Results
selftest-steps = Every step of the locking check
selftest-home = To the first page
selftest-line = { $mark }: { $text }
selftest-mark-good = Good
selftest-mark-part = In part
selftest-mark-bad = Not here
selftest-secure-good = This is a secure page, so the browser can lock what you type.
selftest-secure-bad = This page is not secure (https), so the browser will not lock what you type.
selftest-locking-good = Locking and opening come out right in all { $count } published checks.
selftest-locking-bad = { $wrong } of { $count } published locking checks come out wrong. Do not use this browser.
selftest-storage-good = The browser can remember your place, so a reload takes you straight back.
selftest-storage-part = The browser does not let this page remember anything. After a reload your facilitator has to let you in again.
selftest-socket-good = A live connection to this service opens, and carries.
selftest-socket-refused = A live connection (WebSocket) to this service does not open, and Setroom cannot do without one. Something on this network is in the way: try another network, or ask whoever looks after this one.
selftest-socket-silent = On a live connection (WebSocket) to this service no answer comes, and Setroom cannot do without one. Something on this network is in the way: try another network, or ask whoever looks after this one.
selftest-unfinished = This check did not finish ({ $name }).
selftest-step-good = { $name }: right
selftest-step-bad = { $name }: { $got }, not { $want }
selftest-done-good = Setroom will work here.
selftest-done-part = Setroom will work here, with a limit that the list names.
selftest-done-bad = Setroom will not work here. The list says why.
