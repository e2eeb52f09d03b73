### Yr hyn y mae Setroom yn ei ddweud, yn Gymraeg.

## Frame of every page

product-name = Setroom
skip-to-content = Neidio i'r cynnwys
other-language = English

## Landing

landing-title = Cynnal set dysgu gweithredol wrth ochr eich galwad fideo
landing-intro = Ystafell dawel sy'n cadw amser, trefn a rheolau sylfaenol, er mwyn i chi allu gwrando. Nid oes angen cyfrif ar aelodau. Mae'r hyn y maent yn ei ysgrifennu wedi'i gloi yn eu porwr; ni all y gwasanaeth hwn ei ddarllen.
landing-host-title = Rwy'n cynnal
landing-host-text = Creu set a rhannu ei dolenni.
landing-host-button = Creu set
landing-link-title = Mae gen i ddolen
landing-link-text = Agorwch hi. Os nad yw hynny'n gweithio, copïwch y ddolen gyfan a'i gludo yma.
landing-link-label = Eich dolen
landing-link-button = Mynd i'r set
landing-beside = Cadwch eich galwad Teams, Zoom neu Jitsi ar agor. Mae'r dudalen hon wrth ei hochr ac nid yw byth yn defnyddio eich camera na'ch meicroffon.
landing-check = A fydd yn gweithio yma? Gwirio'r porwr hwn

## Faults of a link

error-prefix = Gwall: { $text }
error-summary-title = Mae problem
link-fault-empty = Gludwch y ddolen a anfonodd eich hwylusydd atoch.
link-fault-no-fragment = Mae diwedd y ddolen ar goll: popeth o'r arwydd # ymlaen. Mae rhai rhaglenni post yn ei dorri i ffwrdd. Gofynnwch i'ch hwylusydd anfon y ddolen mewn ffordd arall.
link-fault-version = Gwnaed y ddolen hon gan Setroom mwy newydd. Ail-lwythwch y dudalen a rhowch gynnig arall arni.
link-fault-role = Nid dolen i set yw hon. Gofynnwch i'ch hwylusydd ei hanfon eto.
link-fault-damaged = Nid yw'r ddolen yn gyflawn. Copïwch y cyfan, o https i'r diwedd un, a'i gludo eto.

## A link was opened

arrival-title = Mae gennych ddolen i set ddysgu
arrival-role = { $role ->
    [h] Dolen y gwesteiwr yw hi. Cadwch hi i chi'ch hun.
    [c] Dolen cyd-hwylusydd yw hi. Cadwch hi i chi'ch hun.
    [o] Dolen arsylwr yw hi.
   *[m] Dolen aelod yw hi.
}

## Things that a page cannot do without

needs-https = Mae angen cyfeiriad diogel ar Setroom, un sy'n dechrau gyda https. Mae'r hyn rydych yn ei deipio yn cael ei gloi yn eich porwr, a dim ond ar dudalennau diogel y mae porwyr yn gwneud hynny.
needs-reload = Ni chyrhaeddodd rhan o'r dudalen hon. Gwiriwch eich cysylltiad, yna ail-lwythwch y dudalen.
