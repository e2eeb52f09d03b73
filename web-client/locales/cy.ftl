### Yr hyn y mae Setroom yn ei ddweud, yn Gymraeg.

## Frame of every page

product-name = Setroom
skip-to-content = Neidio i'r cynnwys
skip-to-dock = Neidio i'r hyn y gallwch ei wneud
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
link-fault-rewritten = Mae hidlydd post wedi rhoi ei gyfeiriad ei hun yn lle'r ddolen, ac nid yw'r ddolen ynddo. Agorwch hi o'r neges ei hun, neu gofynnwch i'ch hwylusydd anfon y ddolen mewn ffordd arall.
link-fault-none = Nid oes dolen i set yn yr hyn a ludwyd gennych. Mae'n dechrau gyda https ac mae arwydd # ynddi.

## A link was opened

arrival-title = Mae gennych ddolen i set ddysgu
arrival-role = { $role ->
    [h] Dolen y gwesteiwr yw hi. Cadwch hi i chi'ch hun.
    [c] Dolen cyd-hwylusydd yw hi. Cadwch hi i chi'ch hun.
    [o] Dolen arsylwr yw hi.
   *[m] Dolen aelod yw hi.
}

other-link = Agoroch ddolen arall i'r set hon. Mae eich lle gan y porwr hwn eisoes, fel { $role }, ac nid oes dim wedi newid.
other-link-c = Dolen y cyd-hwylusydd ydyw. I ddod yn gyd-hwylusydd gyda'r lle sydd gennych, gofynnwch i'r gwesteiwr: maent yn pwyso eich enw, ac yna Eu gwneud yn gyd-hwylusydd.
other-link-h = Dolen y gwesteiwr ydyw. I ddod i mewn fel gwesteiwr, agorwch hi mewn porwr arall neu mewn ffenestr breifat.
other-link-m = Dolen aelod ydyw. I ddod yn aelod, gofynnwch i'r gwesteiwr: maent yn pwyso eich enw ac yn dewis rôl.
other-link-o = Dolen arsylwr ydyw. I ddod yn arsylwr, gofynnwch i hwylusydd: maent yn pwyso eich enw ac yn dewis rôl.

## Things that a page cannot do without

needs-https = Mae angen cyfeiriad diogel ar Setroom, un sy'n dechrau gyda https. Mae'r hyn rydych yn ei deipio yn cael ei gloi yn eich porwr, a dim ond ar dudalennau diogel y mae porwyr yn gwneud hynny.
needs-reload = Ni chyrhaeddodd rhan o'r dudalen hon. Gwiriwch eich cysylltiad, yna ail-lwythwch y dudalen.

## Words on many screens

starting = Un eiliad…
cancel = Canslo
close-sheet = Cau
dismiss = Cau'r neges
copy = Copïo
copied = Wedi'i chopïo.
copy-by-hand = Ni lwyddwyd i gopïo. Mae'r ddolen wedi'i dewis: copïwch hi â llaw.
reload = Ail-lwytho
translated-kept = Ceisiodd cyfieithydd newid y dudalen hon, a rhoddwyd ei geiriau'n ôl, fel bod yr hyn a welwch yn aros yn wir. Efallai iddo ddarllen enwau a thestunau: diffoddwch gyfieithu ar gyfer y dudalen hon.
translated-old = Mae cyfieithydd wedi newid y dudalen hon, felly gall yr hyn a welwch fod yn hen. Diffoddwch gyfieithu ar gyfer y dudalen hon, yna ei hail-lwytho.
go-home = Mynd i'r dudalen gyntaf
you = chi
name-you = { $name } (chi)
somebody = Rhywun
name-unreadable = Enw na ellir ei ddarllen
away = i ffwrdd
sealed-hint = Caiff ei gloi yn y porwr hwn cyn ei anfon.

## Set-up

setup-title = Creu set
setup-set-name = Enw'r set
setup-title-fault = Teipiwch enw i'r set
setup-own-name = Eich enw, fel y dylai'r set ei weld
setup-own-name-hint = Mae enw cyntaf yn ddigon. Caiff ei gloi cyn ei anfon.
setup-when = Pryd y byddwch yn cwrdd (os gwyddoch)
setup-when-hint = Amser Llundain. Bydd aelodau'n ei weld wrth aros. Chi eich hun sy'n dechrau'r cyfarfod.
setup-met = A yw'r set hon wedi cwrdd o'r blaen?
setup-met-first = Nac ydy, dyma'r cyfarfod cyntaf
setup-met-again = Ydy: dechreuwn gyda'r hyn a ddaeth o'n gweithredoedd
setup-charter = Rheolau sylfaenol: eu gweld a'u newid
setup-more = Hyd, ffordd o weithio a'r hyn a gytunwyd: eu gweld a'u newid
usual = { $name } (arferol)
setup-create = Creu'r set
setup-busy = Yn creu…
setup-failed-offline = Ni ellid creu'r set: ni ddaeth ateb gan y gwasanaeth. Gwiriwch eich cysylltiad a rhowch gynnig arall arni.
setup-failed-refused = Ni ellid creu'r set: gwrthododd y gwasanaeth hi. Os digwydd eto, dywedwch wrth y bobl sy'n rhedeg y gwasanaeth hwn.
setup-failed-old-client = Ni ellid creu'r set: mae fersiwn newydd o'r dudalen hon. Ail-lwythwch hi a chreu'r set eto.
setup-failed-too-fast = Ni ellid creu'r set: crëwyd gormod o'r rhwydwaith hwn yn awr. Rhowch gynnig arall arni ychydig yn nes ymlaen.
setup-failed-unavailable = Ni ellid creu'r set: ni all y gwasanaeth wneud hynny ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig funudau.
setup-kept = Mae'r hyn a deipioch yma o hyd.
setup-begun = Mae'r hyn roeddech wedi'i ddechrau yma o'r blaen yma eto.
date-unreadable = Teipiwch ddyddiad cyfan sy'n bod, gyda'r amser os gofynnir amdano
date-year = Teipiwch y flwyddyn gyda phedwar digid, megis 2027
date-past = Mae hynny yn y gorffennol: edrychwch ar y flwyddyn
date-far = Mae hynny fwy na phum mlynedd i ffwrdd: edrychwch ar y flwyddyn
plan-legend = Ffurf y cyfarfod
plan-hint = Gallwch newid amseroedd wrth iddo fynd rhagddo. Nid oes dim yn symud ymlaen ohono'i hun.
plan-about = { $slots ->
    [one] { $minutes } munud, un cyflwynydd
    [two] { $minutes } munud, dau gyflwynydd
    [few] { $minutes } munud, tri chyflwynydd
   *[other] { $minutes } munud, { $slots } cyflwynydd
}
plan-half-day-210 = Hanner diwrnod
plan-half-day-training-210 = Hanner diwrnod i hwyluswyr dan hyfforddiant
plan-hpma-180 = Tair awr
plan-hpma-150 = Dwy awr a hanner
plan-short-90 = Naw deg munud
template-legend = Sut rydych yn gweithio gyda mater
template-hint = Dyma sy'n digwydd yn amser pob cyflwynydd.
template-minutes = Fel arfer { $usual } munud i bob cyflwynydd, o { $least } i { $most }; y cynllun sy'n pennu'r hyd.
template-warm = Dim ond i set lle mae'r aelodau'n adnabod ei gilydd yn dda.
template-classic = Clasurol
template-classic-about = Y cyflwynydd yn adrodd, y set yn gofyn cwestiynau agored, y cyflwynydd yn penderfynu beth i'w wneud.
template-wial = WIAL
template-wial-about = Dim ond ateb cwestiynau y mae datganiadau. Mae hyfforddwr yn atal y gwaith i edrych ar sut mae'n mynd.
template-gossip = Y cyflwynydd yn troi i ffwrdd
template-gossip-about = Y set yn siarad am yr achos fel pe bai'r cyflwynydd wedi mynd adref; y cyflwynydd yn gwrando.
template-kollegiale = Ymgynghori achos rhwng cymheiriaid
template-kollegiale-about = Dyfalu yn gyntaf, awgrymiadau wedyn, pob un yn ei ran ei hun.
template-case-clinic = Clinig achos
template-case-clinic-about = Llonyddwch ac adlewyrchu, dim cyngor.
template-troika = Troika
template-troika-about = Tri pherson, cymorth cyflym, un tro yr un.
template-question-gift = Rhodd o gwestiynau
template-question-gift-about = Caiff cwestiynau eu hysgrifennu a'u rhoi, nid eu hateb.

made-title = Mae { $title } yn barod
made-lead = Rhannwch ddolen yr aelodau. Cadwch eich dolen gwesteiwr eich hun yn rhywle diogel, fel rheolwr cyfrineiriau.
go-to-room = Mynd i'r ystafell
ics-save = Cadw ffeil galendr
ics-about = Setroom, wrth ochr ein galwad fideo.
ics-own-link = Agorwch hi gyda'r ddolen y daethoch drwyddi.
links = Dolenni
links-open-nothing = Nid yw dolen ar ei phen ei hun yn agor dim: chi sy'n derbyn pob person. Er hynny, anfonwch ddolenni at y rhai a ddylai eu cael yn unig; gall systemau post eu gweld.
links-host-warning = Mae pwy bynnag sy'n dal dolen y gwesteiwr yn agor y set. Os bydd yr hwyluswyr i gyd yn colli eu dolenni, ni all neb adfer yr hyn a ysgrifennodd y set, dim hyd yn oed ni.
link-host = Eich dolen gwesteiwr
link-host-about = I chi yn unig. Mae'n agor y set ar unrhyw un o'ch dyfeisiau. Cadwch hi'n ddiogel.
link-co-facilitator = Dolen cyd-hwylusydd
link-co-facilitator-about = I rywun sy'n cynnal y set gyda chi. Ar ôl cael eu derbyn, gallant wneud yr hyn y gallwch chi.
link-member = Dolen aelodau
link-member-about = I bawb sy'n cymryd rhan.
link-observer = Dolen arsylwr
link-observer-about = I rywun sy'n gwylio, gyda chydsyniad y set. Mae pawb yn eu gweld.
copy-host = Copïo dolen y gwesteiwr
copy-co-facilitator = Copïo dolen y cyd-hwylusydd
copy-member = Copïo dolen yr aelodau
copy-observer = Copïo dolen yr arsylwr
rotate = Newid
rotate-co-facilitator = Newid dolen y cyd-hwylusydd
rotate-member = Newid dolen yr aelodau
rotate-observer = Newid dolen yr arsylwr
rotate-about = Mae'r hen ddolen yn peidio â gweithio wrth y drws, ac mae'r set yn cael allwedd newydd. Mae pobl sydd i mewn yn aros i mewn.
rotate-do = Newid y ddolen
qr-label = Cod QR dolen yr aelodau

## Confidentiality

mode-legend = Cyfrinachedd
mode-hint = Yr hyn y mae'r set yn cytuno arno. I'w newid yn ystod cyfarfod mae angen i bawb sydd yno gytuno.
mode-open = Yr hyn a gytunwyd ac a gedwir
mode-set = Yn aros yn y set hon
mode-set-short = Yn aros yma
mode-set-about = Cewch fynd â'ch stori eich hun a'ch dysgu eich hun oddi yma, dim byd sy'n perthyn i neb arall.
mode-set-kept = Wrth gau, caiff popeth a ysgrifennwyd yn yr ystafell ei ddinistrio, heblaw arferion y mae'r set wedi'u mabwysiadu, diben y set, a gweithredoedd a chwestiwn dysgu pob person ei hun.
mode-double = Yn aros, ac yn aros ar gau
mode-double-short = Ar gau
mode-double-about = Cewch fynd â'ch stori eich hun a'ch dysgu eich hun yn unig, ac nid oes neb yn ei godi gyda'r cyflwynydd wedyn oni bai ei fod ef neu hi'n gwneud hynny.
mode-double-kept = Mae'r pennawd, y gweithredoedd a'r arferion yn diflannu o olwg y set wrth gau; dim ond eu perchennog sy'n eu cadw, y pennawd hyd nes i'r cyfarfod nesaf agor. O'r testunau a rennir dim ond diben y set a gedwir.
mode-chatham = Caiff syniadau deithio, ni chaiff pobl
mode-chatham-short = Syniadau'n teithio
mode-chatham-about = Gellir defnyddio'r cynnwys; ni ellir dweud pwy oedd yma, pwy a'i dywedodd na ble maent yn gweithio.
mode-chatham-kept = Dim ond llinellau y mae'r set yn eu rhyddhau a gaiff deithio, ac nid oes dim yn dweud pwy biau nhw. O'r testunau eraill a rennir cedwir arferion y mae'r set wedi'u mabwysiadu a diben y set, ac nid yw'r hyn y gellir ei gadw neu ei argraffu ar ôl cau yn rhestru pwy oedd yma.
mode-open-learning = Gellir rhannu gwersi
mode-open-learning-short = Rhannu gwersi
mode-open-learning-about = Mae'r set yn dewis llinellau i'w trosglwyddo, pob un wedi'i chytuno gan y person y daeth ohono.
mode-open-learning-kept = Rhyddheir llinellau cyn cau, pob un â chydsyniad y person y daeth ganddo, a gellir cadw ffeil ohonynt. Caiff popeth arall a ysgrifennwyd yn yr ystafell ei ddinistrio wedyn, heblaw arferion y mae'r set wedi'u mabwysiadu, diben y set, a gweithredoedd a chwestiwn dysgu pob person ei hun.
mode-limit = Os clywaf y gallai rhywun ddod i niwed difrifol, neu am arfer anghyfreithlon neu anniogel nad yw'n cael sylw, efallai y bydd rhaid i mi ei basio ymlaen. Dywedaf wrthych yn gyntaf os gallaf wneud hynny'n ddiogel, a rhannu dim ond yr hyn sydd ei angen.
mode-change-open = Newid yr hyn a gytunwyd
mode-change = Ei newid
mode-propose-open = Cynnig newid y cyfrinachedd
mode-propose = Cynnig i bawb
mode-propose-hint = Dim ond pan fydd pawb sydd yma wedi cytuno y mae'n newid. Mae un "ddim i mi" yn ei adael fel y mae, ac ni ddywedir wrth neb pwy a'i dywedodd.
mode-later = Gellir cynnig cyfrinachedd arall i bawb unwaith y bydd y cyfarfod ar waith.
proposal-title = Cynnig: { $mode }
proposal-count = Mae { $count } o { $all } wedi cytuno.
proposal-yes = Rwy'n cytuno
proposal-no = Ddim i mi
proposal-no-hint = Mae un "ddim i mi" yn ei ollwng. Ni ddywedir wrth neb pwy a'i dywedodd.
proposal-stays = Hyd nes bod pawb sydd yma wedi cytuno, mae hyn yn aros: { $mode }. Os bydd pawb yn cytuno, dyma fydd hi:
proposal-away = Nid arhosir am neb sydd wedi bod i ffwrdd ers munud, a chânt wybod pan ddônt yn ôl.
mode-missed-title = Tra oeddech i ffwrdd, cytunodd y set: { $mode }
mode-missed-about = Cyn cymryd rhan eto, darllenwch yr hyn a gytunwyd bellach, a dywedwch a allwch fyw gydag ef.
pass-title = Llinellau i'w trosglwyddo
pass-about-chatham = Cynigiwch linell a gaiff adael y set. Nid oes neb yn ei gweld, nac yn gweld bod un, cyn iddi gael ei rhyddhau; wedyn mae ar bob sgrin, ac nid oes dim yn dweud pwy biau hi. Tan hynny dim ond yng nghof y gwasanaeth y mae, ar glo, ac mae ailgychwyn yn ei anghofio.
pass-about-open-learning = Cynigiwch linell a gaiff adael y set, a dywedwch gan bwy y daeth. Dim ond os yw'r person hwnnw'n cytuno y caiff ei rhyddhau; wedyn mae ar bob sgrin, heb enw. Tan hynny dim ond yng nghof y gwasanaeth y mae, ar glo, ac mae ailgychwyn yn ei anghofio.
pass-line = Llinell y caiff eraill ei chlywed
pass-from = Daeth gan
pass-from-me = fi
pass-offer = Ei chynnig
pass-waiting = Wedi'u cynnig gennych chi
pass-agreed = (mae { $name } yn cytuno)
pass-open = (gofynnir i { $name })
pass-asked = Gennych chi y daeth y llinell hon, medd rhywun. A gaiff ei throsglwyddo?
pass-yes = Caiff, trosglwyddwch hi
pass-no = Na chaiff
pass-release-chatham = Rhyddhewch yr holl linellau ar unwaith, pan fydd pawb wedi cael amser i gynnig eu rhai nhw. Ni ryddheir llinellau un person yn unig: byddai'n amlwg pwy biau nhw.
pass-release-open-learning = Rhyddhewch yr holl linellau y mae'r bobl y daethant ganddynt wedi cytuno iddynt.
pass-release = Rhyddhau'r llinellau
pass-released = Wedi'u rhyddhau
pass-shut = { $count ->
    [one] Ni ellir agor un llinell yn y porwr hwn.
   *[other] Ni ellir agor { $count } llinell yn y porwr hwn.
}
pass-save = Cadw'r llinellau hyn
passed-about = Caiff y rhain adael y set. Mae'r ffeil yn eu cynnwys nhw a dim byd arall: dim enw, dim dyddiad. Byddant yn mynd pan fydd y cyfarfod nesaf yn agor.
proposal-done = Rydych wedi cytuno. Yn aros am y lleill.
kept-title = Yr hyn a gedwir
kept-all-modes = Mae enwau, enw'r set ei hun, ei rheolau sylfaenol ei hun a'i diben yn aros gyda'r set. Mae gweithredoedd a chwestiwn dysgu pob person yn aros i'r person hwnnw yn unig.
kept-days = { $days ->
    [zero] Caiff popeth am y set hon ei ddileu o'n gwasanaeth { $days } diwrnod ar ôl ei newid olaf neu ddyddiad ei chyfarfod olaf, pa un bynnag sydd hwyraf. Nid arhosir am ddyddiad yn hwy na blwyddyn.
    [one] Caiff popeth am y set hon ei ddileu o'n gwasanaeth { $days } diwrnod ar ôl ei newid olaf neu ddyddiad ei chyfarfod olaf, pa un bynnag sydd hwyraf. Nid arhosir am ddyddiad yn hwy na blwyddyn.
    [two] Caiff popeth am y set hon ei ddileu o'n gwasanaeth { $days } ddiwrnod ar ôl ei newid olaf neu ddyddiad ei chyfarfod olaf, pa un bynnag sydd hwyraf. Nid arhosir am ddyddiad yn hwy na blwyddyn.
    [few] Caiff popeth am y set hon ei ddileu o'n gwasanaeth { $days } diwrnod ar ôl ei newid olaf neu ddyddiad ei chyfarfod olaf, pa un bynnag sydd hwyraf. Nid arhosir am ddyddiad yn hwy na blwyddyn.
    [many] Caiff popeth am y set hon ei ddileu o'n gwasanaeth { $days } diwrnod ar ôl ei newid olaf neu ddyddiad ei chyfarfod olaf, pa un bynnag sydd hwyraf. Nid arhosir am ddyddiad yn hwy na blwyddyn.
   *[other] Caiff popeth am y set hon ei ddileu o'n gwasanaeth { $days } diwrnod ar ôl ei newid olaf neu ddyddiad ei chyfarfod olaf, pa un bynnag sydd hwyraf. Nid arhosir am ddyddiad yn hwy na blwyddyn.
}
kept-attendance = Cedwir faint a ddaeth i gyfarfod gyda'r set. Dim ond tra bydd pawb sy'n cymryd rhan yn cytuno i enwau y cedwir pwy oeddent, gan gynnwys pwy bynnag a ddaw wedyn.
kept-attendance-none = Ni chedwir pwy a ddaeth i gyfarfod, ac ni ellir cadw rhestr ohonynt.
kept-sealed = Caiff yr hyn rydych yn ei deipio ei gloi yn eich porwr a'i agor dim ond yn y porwyr y mae eich hwylusydd yn eu derbyn. Testun wedi'i gloi sydd ar ein gweinyddion, ein disgiau, ein cofnodion a'n copïau wrth gefn.
kept-begun = Mae'r hyn rydych wedi'i deipio a heb ei anfon yn aros yn y porwr hwn yn unig, wedi'i gloi, hefyd ar ôl ail-lwytho; oddi ar y cofnod, ar y dudalen yn unig y mae. Mae'n mynd pan fyddwch yn ei anfon, yn gadael iddo fynd neu'n anghofio'r porwr hwn; ar ôl cloi'r cyfarfod mae ar eich sgrin yn unig. Mae nodiadau i chi yn unig, a'r hyn rydych yn ei baratoi, yn aros ar ôl y cloi hefyd. Ni chedwir byth god dychwelyd rydych yn ei deipio.
kept-begun-page = Ar y dudalen hon yn unig y mae'r hyn rydych wedi'i deipio a heb ei anfon: nid yw'r porwr hwn yn cadw dim, ac mae ail-lwytho yn ei golli.
kept-seen = Gallwn weld bod set yn bodoli, pryd mae pobl yn cysylltu ac o ba gyfeiriad rhwydwaith, rolau, trefn y troeon, amseryddion a maint bras pob testun. Hefyd pwy sy'n dweud bod rhywbeth yn recordio, pwy na all ddod, pwy a anfonodd ateb i'r ffurflen a phryd, a phwy sy'n cytuno i enwau; faint a ddaeth ac, unwaith y bydd pawb yn cytuno i enwau, pwy; ac o rownd oddi ar y cofnod pwy a'i dechreuodd, pwy sy'n ysgrifennu ynddi, a phryd.
kept-honest = Ni allwn atal rhywun rhag copïo'r hyn a welant, na diogelu dyfais sy'n cael ei gwylio. Gennym ni y daw'r dudalen hon: gallai fersiwn anonest ohoni dorri'r addewidion hyn.
kept-translate = Mae'r dudalen hon yn gofyn i'ch porwr beidio â'i chyfieithu. Byddai enwau a thestunau'n mynd at y cyfieithydd heb eu cloi, a gallai hen lun aros ar y sgrin.

## Off the record

otr-open = Oddi ar y cofnod
otr-begin-title = Mynd oddi ar y cofnod?
otr-lead = Am un rownd, mae pobl yn ysgrifennu llinellau na all neb eu darllen wedi iddi orffen. Dywedwch yn uchel beth mae hynny'n ei olygu cyn dechrau:
otr-means-keys = Mae pob porwr yn gwneud allweddi newydd ac yn eu cadw yn ei gof. Mae eich porwr chi'n rhoi allwedd y rownd i borwyr y bobl yn yr ystafell hon, ac i neb arall.
otr-means-memory = Mae'r llinellau ar glo, a hyd ddiwedd y rownd dim ond yng nghof y gwasanaeth y maent. Nid ysgrifennir dim ar ddisg, na hyd yn oed bod rownd wedi bod.
otr-means-restart = Os yw'r gwasanaeth yn ailgychwyn, collir y rownd. Mae hynny'n fwriadol.
otr-means-dropped = Ar y diwedd mae'r allweddi a'r llinellau'n cael eu gollwng ar bob sgrin ac yn y gwasanaeth. Eu gollwng a wnawn; nid ydym yn malu cof cyfrifiadur neb.
otr-means-copy = Gall pobl o hyd gopïo'r hyn a welant, neu dynnu llun ohono.
# $minutes is the limit.
otr-means-time = Daw i ben pan fydd hwylusydd yn ei gorffen, pan fyddwch chi'n gadael y set neu'n cael eich anfon i'r lobi, pan gaiff rhywun ei dynnu neu pan fydd yr allwedd yn newid, pan gaeir y cyfarfod, ac ar ôl { $minutes } munud fan bellaf.
otr-begin = Dechrau oddi ar y cofnod
otr-not-now = Nid nawr
otr-end-title = Gorffen y rownd oddi ar y cofnod?
otr-end-about = Mae'r allweddi a'r llinellau'n mynd o bob sgrin ac o'r gwasanaeth, a hefyd yr hyn y mae pobl yn dal i'w deipio ynddi. Ni all neb ddod â nhw yn ôl.
otr-end = Ei gorffen a gollwng popeth
otr-end-open = Gorffen y rownd
otr-title = Oddi ar y cofnod
# $name is who began it, $time when it ends by itself.
otr-about = { $name } a ddechreuodd y rownd hon. Nid ysgrifennir dim ohoni ar ddisg, felly mae ail-lwytho'n colli'r hyn rydych chi'n ei deipio yma. Gall pobl o hyd gopïo'r hyn a welant. Daw i ben am { $time } fan bellaf.
otr-waits = Mae'r dudalen hon yn aros am allwedd y rownd. Porwr sydd â hi sy'n ei rhoi.
otr-lines = Llinellau'r rownd
otr-you = Chi
otr-line = Llinell oddi ar y cofnod
otr-write = Ei hysgrifennu
otr-over = Mae'r rownd oddi ar y cofnod ar ben. Mae ei hallweddi a'i llinellau wedi mynd.
otr-said-on = Mae'r ystafell oddi ar y cofnod.
# $name is who wrote it.
otr-said-line = Ysgrifennodd { $name } linell oddi ar y cofnod.

## Charter

charter-title = Rheolau sylfaenol
charter-1 = Rydym yn dechrau ac yn gorffen ar amser, ac yn rhoi i hyn bwysau unrhyw ymrwymiad gwaith arall.
charter-2 = Rwyf yn rhywle preifat, y drws ar gau, clustffonau ymlaen; mae sgriniau a hysbysiadau eraill wedi'u diffodd.
charter-3 = Rwy'n dod â rhywbeth go iawn sy'n dal yn agored ac y gallaf weithredu arno.
charter-4 = Un llais ar y tro. Rwy'n aros i'r llun roi'r tro i mi, neu rwy'n gofyn amdano.
charter-5 = Rwy'n gofyn cwestiynau byr, un ar y tro, heb y stori cyn nac wedyn.
charter-6 = Os sylwaf fod gennyf ateb, rwy'n ei droi'n chwilfrydedd neu'n ei ollwng.
charter-7 = Meddwl yw tawelwch. Rwy'n gadael llonydd iddo.
charter-8 = Caiff y cyflwynydd ddweud "heibio" wrth unrhyw gwestiwn, heb reswm.
charter-9 = Rwy'n siarad drosof fy hun. Mae croeso i deimladau cryf yma.
charter-10 = Rydym yn dweud pan nad yw rhywbeth yn y ffordd rydym yn gweithio yn iawn.
charter-11 = Rydym yn cytuno gyda'n gilydd pwy a gaiff wylio. Nid oes neb yn recordio.
charter-12 = Rwy'n dod yn ôl ac yn dweud wrthych beth ddigwyddodd, hyd yn oed os na ddigwyddodd dim.
charter-agree = Gallaf fyw gyda hyn
charter-agreed = Gallwch fyw gyda hyn
charter-first-member = Rydych yn gweld y cyfarfod. I gymryd rhan ynddo, cytunwch i'r rheolau sylfaenol yn gyntaf.
charter-first-observer = Rydych yn gweld y cyfarfod. Darllenwch y rheolau sylfaenol, a dywedwch a allwch fyw gyda nhw.
not-agreed-title = Heb gytuno i'r rheolau sylfaenol
not-agreed-about = Maent yn gweld y cyfarfod ac ni allant gymryd rhan nes iddynt gytuno. Gofynnir iddynt wneud hynny ar eu sgrin.
charter-count = Gall { $count } o { $all } fyw gyda hyn.
charter-edit = Newid y rheolau sylfaenol
charter-lines = Rheolau sylfaenol, un ar bob llinell
charter-lines-hint = Llinellau byr yng ngeiriau'r set ei hun. Pan fyddant yn newid, gall pawb eu darllen eto.
# $name is who wrote what stands.
stands-now = Dyma sydd yno nawr, gan { $name }. Os cadwch, bydd eich un chi'n cymryd ei le.
agreed = wedi cytuno

## Door

door-name = Eich enw, fel y dylai'r set ei weld
door-name-hint = Mae enw cyntaf yn ddigon. Caiff ei gloi cyn ei anfon.
door-name-fault = Teipiwch yr enw rydych am i eraill ei weld
door-name-unfit = Mae angen llythyren neu ddigid y gall eraill ei weld mewn enw
door-ask = Gofyn am ymuno
door-go-in = Mynd i mewn
door-kept = Cewch weld yr hyn a gytunwyd a'r hyn a gedwir cyn cael eich derbyn. Nid oes dim wedi'i anfon hyd yma.
typed-stays = Mae'r enw rydych yn ei deipio yn aros yn y porwr hwn nes i chi gael eich derbyn, a gall aros yn yr hyn y mae'r porwr yn ei lenwi i chi.
typed-stays-page = Ar y dudalen hon yn unig y mae'r enw rydych yn ei deipio nes i chi ofyn.
door-anew = Rhaid i bwy bynnag sy'n derbyn pobl lofnodi am hynny bellach, ac mae allwedd y porwr hwn yn rhy hen i wneud hynny. Dywedwch eich enw unwaith eto. Gall pwy bynnag sy'n eich derbyn roi eich lle yn ôl i chi.
check-title = Gwirio'r ddyfais hon
check-crypto = Gall y porwr hwn gloi'r hyn a deipiwch
check-stored = Gall y porwr hwn gadw eich lle ar ôl ail-lwytho
check-more = Gwirio mwy
not-stored = Nid yw'r porwr hwn yn cadw dim: ar ôl ail-lwytho bydd rhaid eich derbyn eto.
not-stored-host = Nid yw'r porwr hwn yn cadw dim: ar ôl ail-lwytho dim ond â'ch dolen gwesteiwr y dewch i mewn eto. Cadwch honno'n ddiogel yn gyntaf.

## Lobby

lobby-title = Rydych wrth y drws
lobby-here = Mae eich hwylusydd yma ac yn gallu gweld eich bod yn aros. Nid oes angen i chi wneud dim.
lobby-not-here = Nid yw eich hwylusydd yma eto. Cewch eich gweld cyn gynted ag y daw. Nid oes angen i chi wneud dim.
lobby-closed-here = Mae'r cyfarfod ar ben. Mae eich hwylusydd yma ac yn gallu eich gadael yn ôl i'r lle oedd gennych: mae eich gweithredoedd eich hun yno. Ni ddaw neb newydd i mewn cyn y cyfarfod nesaf.
lobby-closed = Mae'r cyfarfod ar ben. Gall pwy bynnag oedd yma o'r blaen ddod yn ôl i'w le pan fydd eich hwylusydd ar y dudalen hon. Dywedwch wrtho eich bod yn aros, neu agorwch y ddolen hon eto pan fydd y cyfarfod nesaf yn dechrau.
lobby-back-title = Rydych yn ôl yn y lobi
lobby-back = Mae'r hwylusydd wedi'ch anfon yn ôl i'r lobi am y tro. Cedwir eich lle. Nid oes angen i chi wneud dim.
lobby-set = Y cyfarfod hwn
lobby-place = Eich lle wrth y drws
lobby-stage = Nawr
lobby-starts = I fod i ddechrau
lobby-length = Hyd
lobby-leave = Gadael
stage-gathering = Mae'r set yn ymgynnull
stage-running = Mae'r cyfarfod ar waith
stage-closed = Mae'r cyfarfod ar ben

## Ended

ended-auth = Nid yw'r ddolen hon yn agor y drws
ended-auth-do = Efallai ei bod wedi'i newid ers ei hanfon. Gofynnwch i'ch hwylusydd am yr un bresennol.
ended-no-place = Nid oes gan y porwr hwn le yn y set mwyach
ended-no-place-do = Rydych wedi gadael y set, neu wedi rhoi'r porwr hwn allan o un arall o'ch rhai chi, neu wedi dod gydag un yn ormod; neu mae'r set ar ben, neu rhoddwyd copi hŷn o ddata'r gwasanaeth yn ôl. Os ydych yn perthyn i'r set, agorwch eich dolen a gofynnwch am gael eich derbyn.
ended-refused = Ni chawsoch eich derbyn
ended-refused-do = Ni adawodd yr hwylusydd y porwr hwn i mewn. Os credwch mai camgymeriad yw hyn, siaradwch ag ef neu hi ar yr alwad.
erase-title = Dod â'r set hon i ben
erase-about = Caiff popeth y mae ein gwasanaeth yn ei gadw o'r set hon ei ddileu, i bawb ac ar unwaith: enwau, rheolau sylfaenol, dyddiadau, allweddi, dolenni, a chamau gweithredu a chwestiynau dysgu pawb. Ni all dim ddod â hi'n ôl. Gadewch i bobl gadw eu camau gweithredu a'u cwestiynau dysgu yn gyntaf.
erase-do = Dod â'r set i ben a'i dileu
erase-sure = Ie, dileu popeth nawr
erase-doing = Mae'n cael ei dileu. Bydd y dudalen yn dweud pan fydd hynny wedi'i wneud.
ended-removed = Nid ydych yn y set hon mwyach
ended-removed-do = Mae'r hwylusydd wedi'ch tynnu. Nid yw eich allweddi i'r set hon yn dda mwyach. Os credwch mai camgymeriad yw hyn, siaradwch ag ef neu hi.
ended-locked = Mae'r ystafell wedi'i chloi
ended-locked-do = Ni all neb newydd ofyn am ymuno ar hyn o bryd. Dywedwch wrth eich hwylusydd ar yr alwad eich bod yma, yna agorwch eich dolen eto.
ended-full = Mae'r set yn llawn
ended-full-do = Nid oes lle i berson na dyfais arall. Gofynnwch i'ch hwylusydd, yna agorwch eich dolen eto.
ended-erased = Mae'r set hon wedi'i dileu
ended-erased-do = Mae ei thestunau, ei henwau, ei hallweddi a'i dolenni, a chamau gweithredu pawb, wedi mynd o ddisg ein gwasanaeth, ac mae'r porwr hwn yn dileu'r hyn a gadwodd o'r set. Dim ond rhif y set sydd ar ôl yno, fel na all dim ddod â hi'n ôl. Nid effeithir ar gopïau a wnaed neu a roddwyd o'r neilltu eisoes gan y sawl sy'n rhedeg y gwasanaeth, nac ar yr hyn y mae pobl wedi'i gadw neu ei argraffu.
ended-closed = Mae'r cyfarfod wedi'i gau
ended-closed-do = Mae'r hyn a ysgrifennwyd yn yr ystafell wedi'i ddinistrio, heblaw am yr hyn a gedwir. Gall pwy bynnag oedd â lle ofyn wrth y drws am ddod yn ôl iddo tra cedwir y set; i unrhyw un newydd bydd y ddolen hon yn agor eto gyda'r cyfarfod nesaf.
ended-link-changed = Newidiwyd y ddolen
ended-link-changed-do = Gofynnwch i'ch hwylusydd am y ddolen newydd.
ended-old-client = Mae fersiwn mwy newydd o'r dudalen hon
ended-old-client-do = Ail-lwythwch y dudalen, yna agorwch eich dolen eto.
ended-elsewhere = Mae'r set hon ar agor mewn tab arall
ended-elsewhere-do = Dim ond un tab ar y tro a all fod yn yr ystafell. Ewch ymlaen yno, neu defnyddiwch hwn yn lle hynny.
ended-left = Rydych wedi gadael y set
ended-left-do = Mae'r porwr hwn wedi anghofio eich allweddi. Gallwch gau'r tab hwn.
ended-left-keys = Rydych wedi gadael y set
ended-left-keys-do = Nid yw'n sicr bod popeth a gadwodd y porwr hwn ohoni wedi mynd o'r ddisg. Cliriwch ddata'r wefan hon yng ngosodiadau'r porwr; bydd setiau eraill yn y porwr hwn yn mynd gydag ef.
ended-lobby-stay = Rydych wedi aros yn hir
ended-lobby-stay-do = Nid oes neb wedi'ch derbyn o fewn awr. Agorwch eich dolen eto pan fydd y cyfarfod yn dechrau.
ended-damaged = Mae cofnod y set hon wedi'i ddifrodi
ended-damaged-do = Ni ellir ysgrifennu dim mwy ynddo. Dywedwch wrth eich hwylusydd, a fydd yn gofyn i'r bobl sy'n rhedeg y gwasanaeth hwn: ar ôl iddynt roi copi yn ôl, ail-lwythwch y dudalen hon.
ended-bad-frame = Aeth rhywbeth o'i le ar y dudalen hon
ended-bad-frame-do = Ail-lwythwch y dudalen. Os digwydd eto, dywedwch wrth y bobl sy'n rhedeg y gwasanaeth hwn.
take-over = Ei ddefnyddio yma

## Gathering

gathering-title = Mae'r set yn ymgynnull
gathering-start = Rydym yn dechrau { $when }.
gathering-start-open = Eich hwylusydd sy'n dechrau'r cyfarfod.
gathering-nothing = Nid oes angen i chi wneud dim.
gathering-beside = Rhowch y ffenestr hon wrth ochr eich galwad. Ar ffôn, gadewch y dudalen hon ar agor: mae'n cadw'r sgrin yn effro lle mae'r porwr yn gadael iddi.
prepare-title = Cyn dechrau
prepare-checks = A yw pawb yn breifat, ac a ydynt yn clywed?
start = Dechrau'r cyfarfod
lock = Cloi'r ystafell
unlock = Datgloi'r ystafell
locked-hint = Mae'r ystafell wedi'i chloi: ni all neb newydd ofyn am ymuno.
plan-change = Newid y cynllun

knocks-title = { $count ->
    [one] Un person wrth y drws
    [two] Dau berson wrth y drws
   *[other] { $count } o bobl wrth y drws
}
knock-unverified = ni ellid ei wirio
knock-like = yn debyg i { $name }, sydd yma
knock-back = roedd yma o'r blaen fel { $name }
knocks-closed = Mae'r cyfarfod ar ben: daw pobl yn ôl i'r lle oedd ganddynt, ac ni ddaw neb i mewn fel rhywun newydd. Gwnewch yn siŵr pwy yw'r person cyn rhoi lle: bydd yn darllen gweithredoedd y person hwnnw yno.
knock-was-here = A oedd yma o'r blaen ar ddyfais arall?
knock-here = Mae { $name } yma nawr.
knock-ask = Gofyn i { $name } a ddylid derbyn yr ail borwr hwn hefyd
knock-asked = Gofynnwyd. Nid yw { $name } wedi ateb eto.
knock-yes = Dywedodd { $name } ie.
knock-let-in = Ei dderbyn fel { $name }
knock-no = Dywedodd { $name } nad nhw sydd yno.
claim-title = Ai chi yw hwn?
claim-about = Ers { $time } mae rhywun wrth y drws y dywedir mai chi ydyw, mewn porwr arall. Dim ond chi sy'n gwybod a yw hynny'n wir.
claim-yes = Ie, derbyniwch ef
claim-no = Na, nid fi yw hwnnw
admit-these = Derbyn y { $count } hyn
admit = Derbyn
admit-name = Derbyn { $name }
admit-new = Derbyn fel rhywun newydd
admit-new-name = Derbyn fel rhywun newydd: { $name }
admit-as = Derbyn fel { $name }
refuse = Gwrthod
refuse-name = Gwrthod { $name }

## Room

room-title = Yr ystafell
menu = Dewislen
menu-agreed = Yr hyn a gytunwyd ac a gedwir
menu-words = Pum gair
menu-prompts = Cwestiynau i'w benthyg
menu-help = Cymorth a'r hyn a gedwir
menu-leave = Gadael…
menu-mine = I chi
menu-set = Y set
menu-page = Y dudalen hon
my-name = Fy enw
my-name-hint = Mae pawb yn y set yn gweld yr un newydd.
my-name-save = Ei newid
my-name-done = Mae'r set yn eich gweld fel { $name } nawr.
theme = Lliwiau
theme-system = Fel y system
theme-light = Golau
theme-dark = Tywyll
line-connecting = Yn cysylltu
line-live = Wedi cysylltu
line-waiting = Yn ailgysylltu
line-trouble = Dim cysylltiad
trouble = Collwyd y cysylltiad. Yn ceisio eto ohono'i hun. Cedwir eich sedd a'ch llaw.
trouble-again = Mae'r dudalen hon yn dal i geisio ohoni'i hun.
trouble-unknown = Dim ateb gan y gwasanaeth hyd yma.
trouble-trying = Yn ceisio nawr…
trouble-offline = Nid oes dim yn cyrraedd y gwasanaeth: gwiriwch eich cysylltiad. Efallai nad yw'r gwasanaeth yn rhedeg.
trouble-refused = Daw'r dudalen hon drwodd, ond gwrthodir ei chysylltiad byw (WebSocket), ac nid oes ffordd arall i mewn. Rhowch gynnig ar rwydwaith arall, fel un ffôn, neu gofynnwch i bwy bynnag sy'n gofalu am yr un hwn.
trouble-silent = Daw'r dudalen hon drwodd, ond ni ddaw ateb ar ei chysylltiad byw (WebSocket), ac nid oes ffordd arall i mewn. Rhowch gynnig ar rwydwaith arall, fel un ffôn, neu gofynnwch i bwy bynnag sy'n gofalu am yr un hwn.
trouble-answers = Mae'r gwasanaeth, neu rywbeth ar y ffordd ato, yn ateb â gwall { $status }. Os bydd yn para, dywedwch wrth y bobl sy'n rhedeg y gwasanaeth hwn.
trouble-full = Nid yw'r gwasanaeth yn cymryd rhagor o gysylltiadau ar hyn o bryd.
trouble-part = Ni chyrhaeddodd rhan o'r dudalen hon. Gwiriwch eich cysylltiad; os yw hyn yn parhau, ail-lwythwch y dudalen.
trouble-late = Mae ateb yn hwyr. Mae'r hyn a wasgoch yn mynd eto ohono'i hun.
try-now = Ceisio nawr
late = Dim ateb hyd yma. Mae'r dudalen hon yn dal i aros. Gwiriwch eich cysylltiad.
failed = Ni weithiodd hynny yma. Gwiriwch eich cysylltiad a rhowch gynnig arall arni; os yw'n parhau felly, ail-lwythwch y dudalen.
open-failed = Ni ellid agor y set yma. Gwiriwch eich cysylltiad, yna agorwch eich dolen eto.
page-broken = Aeth rhywbeth ar y dudalen hon o chwith. Ail-lwythwch hi os nad yw'r hyn a welwch yn symud ymlaen.
tech-lost = Wedi colli'r alwad? Arhoswch yma, mae'r dudalen hon yn fyw o hyd. Wedi colli'r dudalen hon? Arhoswch ar yr alwad; cedwir eich sedd.
not-sent-yet = { $count ->
    [one] Heb ei anfon eto: un peth a bwysoch. Caiff ei anfon cyn gynted ag y daw'r cysylltiad yn ôl.
   *[other] Heb eu hanfon eto: { $count } peth a bwysoch. Cânt eu hanfon cyn gynted ag y daw'r cysylltiad yn ôl.
}
sending = { $count ->
    [one] Yn anfon…
   *[other] Yn anfon { $count }…
}
set-back = Mae gan y gwasanaeth gopi hŷn o'r ystafell hon nag a welsoch: gall yr ychydig bethau diwethaf fod ar goll. Dywedwch wrth y set.
lost-texts = { $count ->
    [one] Nid yw un testun o'ch eiddo yn yr ystafell, ond mae'n dal ar y dudalen hon.
   *[other] Nid yw { $count } testun o'ch eiddo yn yr ystafell, ond maent yn dal ar y dudalen hon.
}
write-again = Ysgrifennu eto
not-saved = Ni all y gwasanaeth gadw'r hyn a bwysoch ar hyn o bryd, felly nid yw wedi digwydd eto. Bydd yn mynd eto ohono'i hun.
new-build = Mae fersiwn mwy newydd o'r dudalen hon. Ail-lwythwch rhwng dwy ran; cedwir eich sedd.
keys-none = Yn aros am yr allwedd o borwr eich hwylusydd. Bydd enwau a thestunau'n agor pan ddaw.
keys-waiting = Mae allwedd newydd ar ei ffordd o borwr eich hwylusydd. Bydd testunau newydd yn agor pan ddaw.
keys-behind = Mae'r gwasanaeth yn dangos allwedd hŷn, neu restr hŷn o bwy sy'n dal allweddi, nag y mae'r porwr hwn yn ei gwybod. Ni chaiff dim a deipiwch ei anfon nes i hynny gael ei unioni. Dywedwch wrth eich hwylusydd ar yr alwad.
keys-unfit = Nid yw'r rhestr o bwy sy'n dal allweddi yn cyd-fynd â'r hyn y mae'r porwr hwn yn ei wybod. Ni chaiff dim a deipiwch ei anfon. Dywedwch wrth eich hwylusydd ar yr alwad.
keys-past = Yn ôl allwedd ddiweddaraf y porwr hwn, mae'r cyfarfod a ddangosir yma ar ben. Ni chaiff dim a deipiwch ei anfon, ac ni ddangosir dim o'r cyfarfod hwnnw, nes i hynny gael ei unioni. Dywedwch wrth eich hwylusydd ar yr alwad.
keys-shut = Nid yw'r allwedd ddiweddaraf yn agor yn y porwr hwn. Ni chaiff dim a deipiwch ei anfon nes i borwr hwylusydd wneud yr un nesaf. Dywedwch wrth eich hwylusydd ar yr alwad.
keys-failed = Ni allai'r porwr hwn gymryd yr allwedd ddiweddaraf. Mae'n ceisio eto ar ei ben ei hun; os yw hyn yn parhau, ail-lwythwch y dudalen.
text-waits = (ar glo nes daw'r allwedd)
text-broken = (ni ellir ei agor: wedi'i ddifrodi neu ei newid)

messages = Negeseuon
steps = Camau
step-of = Cam { $step } o { $steps }: { $part }
step-n = Cam { $step } o { $steps }
step-done = (wedi'i wneud)
then-part = wedyn { $part }
presenter-of = Cyflwynydd { $n } o { $of }
slot-n = Cyflwynydd { $n }
# When the meeting and each presenter's time ends. $n is a number, $name a person.
ends-title = Pryd y daw i ben, amser Llundain
ends-who = Cyflwynydd { $n }: { $name }
ends-meeting = Y cyfarfod
ends-about = Os aiff popeth ymlaen fel y cynlluniwyd o hyn allan. Nid oes dim yn stopio ar ei ben ei hun.

time-word = ar ôl
time-minutes = { $minutes } mun
time-left = { $minutes ->
    [one] Un funud ar ôl
    [two] Dwy funud ar ôl
   *[other] { $minutes } munud ar ôl
}
time-over = Amser
time-over-by = { $minutes ->
    [one] Un funud dros amser
    [two] Dwy funud dros amser
   *[other] { $minutes } munud dros amser
}
time-paused = wedi oedi
time-none = Dim amser penodol
time-no-rush = yn gorffen, dim brys

you-present = Chi sy'n cyflwyno
presents = Mae { $name } yn cyflwyno
observer-cue = Y rhai yn y cylch:
observer-dock = Rydych yn arsylwi. Rydych yn gweld y broses; nid oes angen i chi wneud dim.
observer-dock-rules = Rydych yn arsylwi. Y rheolau sylfaenol uchod yw'r cyfan a ofynnir gennych.
observer-foot = Gall pawb weld eich bod yn arsylwi.
asks = Mae { $name } yn gofyn
you-ask = Chi sydd â'r llawr
turn-of = Tro { $name } yw hi
your-turn = Eich tro chi yw hi
next-is = Nesaf: { $name }
who-presents = Pwy sy'n cyflwyno?
who-presents-hint = Mae cloc y rhan hon yn aros. Bydd yn dechrau pan bwyswch enw.
who-presents-name = { $name } sy'n cyflwyno
who-presents-waits = Eich hwylusydd sy'n dweud pwy sy'n cyflwyno. Nid yw'r cloc wedi dechrau.
read-aloud = I chi ei ddarllen yn uchel
read-aloud-hint = Pan ddaw eich tro i ben, bydd y set yn ei weld yma. Os byddwch yn pasio, bydd yn aros yn gudd.
settling = Gadael iddo lanio. Daw'r cwestiwn nesaf mewn eiliad.
end-turn = Gorffen y tro hwn
round-done = Wedi gorffen
round-done-for = Wedi gorffen: mae { $name } wedi siarad
round-pass = Heibio
round-pass-for = Heibio: mynd heibio i { $name }
says-need-a-moment = Eiliad, os gwelwch yn dda: { $name }
says-thinking = Yn meddwl: { $name }
says-pass = Mae'r cwestiwn hwn yn aros heb ateb, ac mae hynny'n iawn.
says-ready = Yn barod am y cwestiwn nesaf.
presenter-says = Dweud heb eiriau
say-moment = Mae angen eiliad arnaf
say-thinking = Rwy'n meddwl
say-ready = Yn barod am y nesaf
say-pass = Heibio i hwn
say-go-on = Yn barod i fynd ymlaen

waiting-title = Yn aros i ofyn
waiting-turn-title = Dwylo i fyny
waiting-none = Nid oes dwylo i fyny.
move-up = Symud { $name } i fyny
move-down = Symud { $name } i lawr
invite = Gwahodd
invite-name = Gwahodd { $name }
round-title = Y rownd
turn-now = nawr
turn-done = wedi gorffen
turn-passed = heibio
turn-later = wedyn
hear-title = Heb glywed ganddynt eto
hear-hint = Dim ond chi sy'n gweld hyn.
hear-all = Mae pawb wedi bod i mewn.
in-room = Yn yr ystafell: { $count } o { $all }
in-lobby = yn y lobi
has-written = wedi ysgrifennu
has-ticked = yn barod
hand-up = llaw i fyny
options-for = Dewisiadau ar gyfer { $name }
options-own = Dewisiadau i chi'ch hun
options-now = Nawr
options-meeting = Yn y cyfarfod hwn
options-role = Rôl
options-place = Lle yn y set
role-host = hwylusydd
role-co-facilitator = cyd-hwylusydd
role-trainee = hyfforddai
role-member = aelod
role-observer = arsylwr
role-presenter = cyflwynydd
role-lead = yn arwain
role-scribe = cofnodydd

dock = Yr hyn y gallwch ei wneud
dock-controls = Cynnal y cyfarfod
dock-nothing = Dim dwylo na throeon nawr.
dock-presenting = Eich amser chi yw hwn.
dock-listening = Rydych yn gwrando. Nid oes neb yn disgwyl i chi siarad.
hold-dock = Mae'r ystafell wedi'i dal.
where = Ble ydym ni?
hand-raise = Codi fy llaw
hand-lower = Gostwng fy llaw
hand-defer = Gadael i eraill fynd gyntaf
hand-place = Rydych yn rhif { $place } o { $of }.
hands-waiting = { $count ->
    [0] Nid oes dwylo i fyny.
    [one] Un yn aros.
    [two] Dau'n aros.
   *[other] { $count } yn aros.
}
hand-check = Gofynnwch i chi'ch hun: ydw i'n chwilfrydig, neu a oes gennyf ateb? Mae pwynt am sut rydym yn gweithio yn mynd gyntaf.
kind-choose = Ar gyfer beth mae hi? (nid oes rhaid dweud)
kind-chosen = Mae ar gyfer: { $kind }
kind-legend = Mae fy llaw ar gyfer
kind-none = Dim math
kind-clarify = cwestiwn ffaith
kind-explore = cwestiwn agored
kind-challenge = her
kind-act = cwestiwn gweithredu
kind-any = cwestiwn
kind-process = sut rydym yn gweithio
ask-end = Rwyf wedi gofyn
ask-hint = Gofynnwch, yna arhoswch.
turn-end = Rwyf wedi siarad
turn-pass = Heibio
turn-later-me = Dewch yn ôl ataf
round-place = Rydych yn rhif { $place } o { $of } yn y rownd.
round-not-in = Nid ydych yn y rownd hon: gwrandewch yn unig.
round-own-now = Eich tro chi yw hi.
round-own-done = Rydych wedi cael eich tro.
round-own-passed = Rydych wedi mynd heibio.
round-own-later = Down yn ôl atoch.
tick-settle = Rwy'n barod
tick-break = Rwyf yn ôl
tick-wial-rules = Wedi deall
tick-undo = Ei dynnu'n ôl
tick-done = Mae'r lleill yn gweld eich tic.

next-part = Nesaf: { $part }
pause = Oedi
resume = Ailddechrau
add-2 = +2 funud
add-5 = Ychwanegu 5 mun
take-2 = Tynnu 2 fun
silence = Tawelwch
silence-end = Diwedd y tawelwch
more = Mwy
undo = Dadwneud y pwysiad diwethaf
give-back = Rhoi'r rheolaeth yn ôl
take-back = Cymryd y rheolaeth yn ôl
more-title = Mwy
more-time = Amser a chamau
more-room = Yr ystafell
more-people = Pobl
more-people-hint = I wahodd, torri ar draws, dewis cyflwynydd neu drosglwyddo'r rheolaeth, defnyddiwch y dewisiadau wrth ochr enw.
more-end = Y diwedd
repeat = Ailadrodd y rhan hon
parts-open = Mynd i unrhyw ran
parts-title = Mynd i unrhyw ran
parts-hint = Mae rhannau rydych yn eu gadael allan yn aros ar agor: gallwch ddod yn ôl atynt.

# The time of what is to come, shared out anew. $minutes are whole minutes.
fit-open = Addasu'r hyn sy'n weddill
fit-title = Yr amser sydd ar ôl
fit-on-time = Fel y mae pethau, daw'r cyfarfod i ben pan oedd i fod.
fit-late = { $minutes ->
    [one] Fel y mae pethau, daw'r cyfarfod i ben un munud yn hwyrach nag yr oedd i fod.
   *[other] Fel y mae pethau, daw'r cyfarfod i ben { $minutes } munud yn hwyrach nag yr oedd i fod.
  }
fit-early = { $minutes ->
    [one] Fel y mae pethau, daw'r cyfarfod i ben un munud yn gynharach nag yr oedd i fod.
   *[other] Fel y mae pethau, daw'r cyfarfod i ben { $minutes } munud yn gynharach nag yr oedd i fod.
  }
fit-none = Ni all yr un rhan sydd i ddod fod yn fyrrach nac yn hirach.
fit-take = Ei gymryd o
fit-give = Ei roi i
fit-from-all = Pob rhan sydd i ddod
fit-from-breaks = Yr egwyl a'r amser sbâr
fit-from-slot = Gweddill amser y cyflwynydd hwn
# $before and $after are whole minutes.
fit-part = { $before } → { $after } mun
fit-rest-late = { $minutes ->
    [one] Er hynny, daw i ben un munud yn hwyr.
   *[other] Er hynny, daw i ben { $minutes } munud yn hwyr.
  }
fit-rest-early = { $minutes ->
    [one] Er hynny, daw i ben un munud yn gynnar.
   *[other] Er hynny, daw i ben { $minutes } munud yn gynnar.
  }
fit-hint = Mae pob rhan yn cadw'r lleiaf y gall wneud y tro ag ef, adolygiadau a chamau gweithredu hefyd.
fit-do = Ei rannu fel hyn
go-to-part = { $n }. { $part }
part-now = rydym yma
hold = Dal
hold-release = Mynd ymlaen
let-it-land = Gadael iddo lanio
clear-queue = Gostwng pob llaw
order = Trefn y cyflwynwyr
order-hint = { $slots ->
    [one] Mae gan y cynllun amser i un cyflwynydd.
    [two] Mae gan y cynllun amser i ddau gyflwynydd.
    [few] Mae gan y cynllun amser i dri chyflwynydd.
   *[other] Mae gan y cynllun amser i { $slots } cyflwynydd.
}
# $time yw munudau ac eiliadau.
turn-time = Mae’r llawr wedi bod gan { $name } ers { $time }.
order-not-yet = Heb gyflwyno eto.
order-had = Cyflwynodd ddiwethaf yng nghyfarfod { $last }; cafodd { $used } o { $planned } munud hyd yma.
order-rest = Heb fod yn y drefn
order-add = Ychwanegu
order-in = Ychwanegu { $name }
order-out = Tynnu { $name } allan
order-set = Gosod y drefn hon
# How presenters share their time.
order-time = Amser pob cyflwynydd
order-time-planned = Fel y mae
order-time-equal = Yr un faint i bob un
order-time-asked = Fel y gofynnodd pob un

invite-now = Gwahodd i siarad nawr
interrupt = Eu gadael i mewn am eiliad, yna yn ôl
hand-raise-for = Codi eu llaw drostynt
hand-lower-for = Gostwng eu llaw
round-start-with = Dechrau'r rownd gyda nhw
presenter-choose = Eu gwneud yn gyflwynydd
presenter-none = Nid oes neb yn cyflwyno nawr
scribe-choose = Enwi'n gofnodydd
scribe-none = Nid yn gofnodydd mwyach
hand-over = Trosglwyddo'r rheolaeth
make-member = Eu gwneud yn aelod
make-trainee = Eu gwneud yn hyfforddai
make-observer = Eu gwneud yn arsylwr
send-to-lobby = Anfon yn ôl i'r lobi
bring-back = Dod yn ôl o'r lobi
remove = Tynnu o'r set…
remove-title = Tynnu { $name } o'r set?
remove-about = Mae { $name } yn gadael ar unwaith ac ni all ddod yn ôl gyda'r porwr hwn. Mae'r set yn cael allwedd newydd a dolen aelodau newydd, fel na fydd dim a ysgrifennir o hyn ymlaen yn agor iddynt. Yr hyn a welsant, fe'i gwelsant.
remove-do = Eu tynnu
make-co = Eu gwneud yn gyd-hwylusydd…
make-co-title = Gwneud { $name } yn gyd-hwylusydd?
make-co-about = Yna gall { $name } dderbyn pobl a'u tynnu, newid dolenni, ac arwain y cyfarfod, fel y gallwch chi. Mae eu porwyr yn cael allweddi'r set a'i dolenni, ond byth eich dolen chi fel gwesteiwr. Mae pawb yn ei weld, ac mae'r pum gair yn newid. Eu lle nhw a'r hyn a ysgrifenasant yw eu heiddo o hyd. I ddod â phorwr arall bydd angen dolen y cyd-hwylusydd arnynt o hynny ymlaen.
make-co-do = Eu gwneud yn gyd-hwylusydd
unmake-co = Eu gwneud yn aelod eto…
unmake-co-title = Gwneud { $name } yn aelod eto?
unmake-co-about = Ni all { $name } dderbyn pobl nac arwain mwyach. Mae'r set yn cael allwedd newydd a dolenni newydd, gan eu bod yn gwybod yr hen rai: anfonwch y dolenni newydd at bobl. Mae pawb yn ei weld. Eu lle nhw a'r hyn a ysgrifenasant yw eu heiddo o hyd. Yr hyn oedd gan eu porwr hyd yma, gallant fod wedi'i gopïo.
unmake-co-do = Eu gwneud yn aelod

close-meeting = Cau'r cyfarfod…
close-title = Cau'r cyfarfod?
close-destroys = { $count ->
    [0] Wedi'i ddinistrio am byth: yr hyn a ysgrifennodd pobl iddynt hwy eu hunain yn unig, heblaw eu gweithredoedd a'u cwestiynau dysgu.
    [one] Wedi'i ddinistrio am byth: yr un testun o'r ystafell a welwch chi, a'r hyn a ysgrifennodd pobl iddynt hwy eu hunain yn unig, heblaw eu gweithredoedd a'u cwestiynau dysgu.
   *[other] Wedi'u dinistrio am byth: y { $count } testun o'r ystafell a welwch chi, a'r hyn a ysgrifennodd pobl iddynt hwy eu hunain yn unig, heblaw eu gweithredoedd a'u cwestiynau dysgu.
}
close-keeps = { $count ->
    [0] Wedi'u cadw, pob un i'w pherchennog yn unig: gweithredoedd na welwch chi, os oes rhai. Wedi'u cadw i'r set: ei henw, ei rheolau sylfaenol, ei diben, ac arferion y mae wedi'u mabwysiadu.
    [one] Wedi'u cadw, pob un i'w pherchennog yn unig: un weithred, a'r rhai na welwch chi. Wedi'u cadw i'r set: ei henw, ei rheolau sylfaenol, ei diben, ac arferion y mae wedi'u mabwysiadu.
   *[other] Wedi'u cadw, pob un i'w pherchennog yn unig: { $count } gweithred, a'r rhai na welwch chi. Wedi'u cadw i'r set: ei henw, ei rheolau sylfaenol, ei diben, ac arferion y mae wedi'u mabwysiadu.
}
close-before = A yw pawb wedi ysgrifennu'r hyn y byddant yn ei wneud, ac a oes gennych y dyddiad nesaf?
close-do = Cau a dinistrio
close-not-yet = Ddim eto

hold-title = Mae'r ystafell wedi'i dal
hold-waiting-title = Yn aros am yr hwylusydd
hold-no-facilitator = Mae cysylltiad yr hwylusydd wedi'i golli. Mae'r clociau wedi stopio. Ni chollwyd dim, ac nid oes angen dim arall gennych.
hold-since = Ers { $time }.
hold-nobody-promoted = Nid oes neb arall yn cymryd drosodd ar hap: yr hwylusydd biau'r rheolaeth.
silence-title = Tawelwch
silence-asked = Dim i'w wneud. Bydd y set yn mynd ymlaen gyda'i gilydd.
silence-over = Mae'r amser ar ei gyfer ar ben. Nid oes brys.
silence-controls = Mae'r lleill yn gweld hyn, a'r hyn y gofynnir iddynt ei ysgrifennu, os oes rhywbeth. Mae eich rheolyddion yn aros.

## Texts

see-everyone = Mae'r set yn ei weld.
see-hidden = Wedi'i guddio am y tro: dim ond eich bod wedi ysgrifennu y mae'r lleill yn ei weld.
see-owner = Dim ond chi sy'n ei weld, oni bai eich bod yn ei ddangos i'r set.
line-left = { $left } nod ar ôl
too-long = { $over ->
    [zero] { $over } nod yn ormod. Ni thorrwyd dim i ffwrdd: gellir ei anfon pan fydd yn fyrrach.
    [one] { $over } nod yn ormod. Ni thorrwyd dim i ffwrdd: gellir ei anfon pan fydd yn fyrrach.
   *[other] { $over } nod yn ormod. Ni thorrwyd dim i ffwrdd: gellir ei anfon pan fydd yn fyrrach.
}
# What was begun and has no form now. $text is its beginning.
begun = Roeddech wedi dechrau { $kind ->
    [title] enw i'r set
    [charter] rheolau sylfaenol
    [headline] llinell am eich mater
    [bid] cais
    [action] gweithred
    [question] cwestiwn
    [scribe] llinell i'r cyflwynydd
    [skill] sgìl i'w ymarfer
    [sentence] y broblem mewn un frawddeg
    [learning] yr hyn a ddysgoch
   *[reflection] adolygiad
}: “{ $text }”
begun-keep = Ei gadw
begun-drop = Gadael iddo fynd
begun-kept = Wedi'i gadw i chi. Mae o dan Fy ngweithredoedd yn y ddewislen, i'w gopïo, a chaiff ei gynnig lle gallwch ysgrifennu un.
begun-use = Defnyddio'r hyn a gadwoch: “{ $text }”
begun-title = Wedi'i ddechrau a heb ei anfon
begun-about = Dim ond chi sy'n gweld hyn. Copïwch ef, gadewch iddo fynd, neu defnyddiwch ef lle mae'r cyfarfod yn gofyn amdano.
begun-closed = Nid oes neb arall wedi gweld hyn. Ar y sgrin hon yn unig y mae: copïwch ef os ydych am ei gadw.
begun-label = Roeddech wedi dechrau { $kind ->
    [title] enw i'r set
    [charter] rheolau sylfaenol
    [headline] llinell am eich mater
    [bid] cais
    [action] gweithred
    [question] cwestiwn
    [scribe] llinell i'r cyflwynydd
    [skill] sgìl i'w ymarfer
    [sentence] y broblem mewn un frawddeg
    [learning] yr hyn a ddysgoch
   *[reflection] adolygiad
}
begun-copy-by-hand = Methwyd copïo ohono'i hun. Mae wedi'i farcio: copïwch ef â llaw.

# Nodiadau i chi eich hun, nad ydynt byth yn gadael y porwr hwn.
notes-title = Nodiadau i chi yn unig
notes-label = Beth sy’n aros gyda chi?
notes-stay = Wedi’i gadw yn y porwr hwn wrth i chi deipio, dan glo, a heb ei anfon at neb. Mae’n aros dros gyfarfodydd nes i chi ei ddileu neu anghofio’r porwr hwn.
notes-stay-page = Mae ar y dudalen hon yn unig: nid yw’r porwr hwn yn cadw dim. Nid yw’n cael ei anfon at neb, ac mae ail-lwytho’n ei golli.
notes-mine = Fy nodiadau
# $part yw rhan y cyfarfod, $when yw dyddiad.
note-head = { $part }, { $when }
note-delete = Dileu’r nodyn hwn
notes-save = Cadw fy nodiadau fel ffeil

# Y daflen cyn cyflwyno.
ready-title = Paratoi i gyflwyno
ready-about = I chi yn unig. Caiff yr hyn sydd gennych ei ddweud yn yr ystafell, yn eich geiriau eich hun, heb ei ddarllen.
ready-issue = Beth sydd gen i, mewn un frawddeg
ready-why = Pam mae’n bwysig i mi, a pham nawr
ready-tried = Beth rwyf wedi rhoi cynnig arno neu wedi meddwl amdano
ready-help = Beth fyddai’n fy helpu yn y set hon
ready-signs = Ai problem ynteu pos ydyw? Marciwch yr hyn sy’n wir.
ready-sign-unclear = Nid yw’n glir eto beth yw’r broblem mewn gwirionedd.
ready-sign-no-answer = Nid oes un ateb cywir.
ready-sign-boundary = Mae’n anodd dweud ble mae’n dechrau ac yn gorffen, a phwy sy’n rhan ohono.
ready-sign-no-steps = Nid oes camau penodol a fyddai’n ei datrys.
ready-problem = Mae’n edrych fel problem: gwerth amser y set.
ready-puzzle = Gallai fod yn bos: yna gallai rhywun sy’n gwybod ei ateb yn syml. A oes cwestiwn ynddo sy’n perthyn i chi?
ready-delete = Clirio’r daflen hon
ready-use = Defnyddio’r hyn a baratowyd gennych: “{ $text }”

# Eich cwestiwn dysgu eich hun.
learning-title = Fy nghwestiwn dysgu
learning-about = Cwestiwn rydych yn ei ddilyn dros y misoedd, i chi yn unig: sut y newidiodd, beth y daethoch o hyd iddo, a beth rydych yn ei wneud ohono.
learning-question = Y cwestiwn, fel y mae nawr
learning-keep = Nodi’r fersiwn hwn
learning-versions = Sut y newidiodd y cwestiwn
learning-people = Pwy mae’n effeithio arnynt
learning-found = Rhywbeth a welais, a ddarllenais neu a glywais
learning-add = Ei ychwanegu
learning-evidence = Beth y deuthum o hyd iddo
learning-did = Beth yr euthum ati i’w wneud, a’i wneud
learning-happened = Beth ddigwyddodd
learning-learned = Beth ddysgais
learning-next = Beth wnaf nawr
learning-save = Ffeil i chi eich hun yw’r ddogfen, ar gyfer credyd neu i’w chadw.
learning-page = Cadw fel tudalen (HTML)
learning-markdown = Cadw fel Markdown
learning-delete = Dileu hyn i gyd
learning-delete-sure = Ei ddileu am byth
learning-store = Ei gadw
learning-stays = Wedi’i gadw gyda’r set, dan glo eich allwedd eich hun, dros ei chyfarfodydd: nid yw’n cael ei anfon at neb arall, ac mae yma ym mhob porwr y mae gennych eich sedd ynddo.
learning-begun = Mae’r hyn nad ydych wedi’i gadw eto yn y porwr hwn yn unig, dan glo.
learning-begun-page = Mae’r hyn nad ydych wedi’i gadw eto ar y dudalen hon yn unig, ac mae ail-lwytho’n ei golli.
learning-over = Mae hyn { $over } beit yn hwy nag y gellir ei gadw. Byrhewch ef, neu tynnwch rywbeth ymaith.
learning-drop = Tynnu ymaith
learning-drop-one = Tynnu ymaith: { $text }

practices-title = Arferion y set hon
practices-asked-title = Gofynnir i’r set
practice-asked = A weithiwn ni yn ôl hyn o hyn ymlaen? Mae pawb sydd yma yn tapio.
practice-go-asked = A ollyngwn ni hyn? Mae pawb sydd yma yn tapio.
practice-away = Nid arhosir am neb sydd wedi bod i ffwrdd ers munud.
practice-no-hint = Mae un “ddim i mi” yn ei ollwng. Ni ddywedir wrth neb pwy a’i dywedodd.
practice-no-stays = Un “ddim i mi” ac mae’n aros. Ni ddywedir wrth neb pwy a’i dywedodd.
practice-from = Dysgwyd gan { $name }
practice-since = mabwysiadwyd ar { $when }
practice-let-go = Gofyn am ei ollwng
practice-pass = Ei gynnig i’w drosglwyddo
practice-alone = Wedi’u cadw i chi yn unig: yn y set hon ni chodir dim eto, felly nid yw’r set yn gweld y rhain mwyach.
practice-propose-title = Cynnig yr hyn a ddysgodd fel arfer
practice-line = Yr hyn y gallai’r set weithio yn ei ôl
practice-propose-hint = Un frawddeg. Mae’r set yn ei gweld ar unwaith, gyda’ch enw, ac yn ei mabwysiadu pan fydd pawb sydd yma yn tapio.
practice-propose = Ei gynnig i’r set
practice-mine-asked = Rydych wedi cynnig yr hyn a ddysgodd hyn. Gofynnir i’r set.
practice-mine-adopted = Mae’r set wedi mabwysiadu’r hyn a ddysgodd hyn.
practice-mine-alone = Roedd y set wedi mabwysiadu’r hyn a ddysgodd hyn. Fe’i cedwir i chi yn unig.
say-practice-asked = Gofynnir i’r set am arfer.
say-practice-decided = Penderfynwyd am arfer.

framework-title = Diben y set hon
framework-none = Does dim wedi’i ysgrifennu eto. Mae pawb yn y set yn gweld yr hyn rydych yn ei ysgrifennu, ac mae’n aros dros ei chyfarfodydd.
framework-about = Mae pawb yn y set yn gweld hyn. Mae dan glo fel popeth a deipir, ac mae’n aros dros y cyfarfodydd nes i hwylusydd arall roi ei eiriau ei hun yn ei le, nes i chi adael y set, neu nes i’r set gael ei dileu.
framework-purpose = Diben
framework-objectives = Amcanion
framework-parameters = Paramedrau: beth sydd o fewn y gwaith, a beth nad yw
framework-write = Ei ysgrifennu
framework-edit = Ei newid
charter-review-title = Edrych eto ar y rheolau sylfaenol
review-none = Nid oes diwrnod wedi’i bennu i edrych eto.
review-on = I edrych arno eto ar { $when }.
review-due = Roedd i edrych arno eto ar { $when }.
review-open = Pennu diwrnod i edrych eto
review-day-framework = Y diwrnod i edrych ar hyn eto
review-day-charter = Y diwrnod i edrych ar y rheolau sylfaenol eto
review-hint = Mae pwy bynnag a ddywedodd ei bod yn bryd yn cyfrif fel un a glywyd pan fyddwch yn pennu diwrnod.
review-fault = Dewiswch ddiwrnod sydd i ddod
review-set = Pennu’r diwrnod hwn
review-clear = Dim diwrnod
look-again-framework = Mae’n bryd edrych ar hyn eto
look-again-charter = Mae’n bryd edrych ar y rheolau sylfaenol eto
look-undo = Nid wyf yn meddwl hynny mwyach
look-count = { $count ->
    [one] Mae un ohonoch yn meddwl ei bod yn bryd. Ni ddywedir wrth neb pwy.
   *[other] Mae { $count } ohonoch yn meddwl ei bod yn bryd. Ni ddywedir wrth neb pwy.
}
write-too = Ysgrifennu rhywbeth eich hun
write-send = Ei nodi
write-save = Cadw'r newid
saved = Wedi'i gadw
write-release = Ei ddangos i'r set
write-withdraw = Ei dynnu'n ôl
write-seen = Mae'r set yn gweld hwn.
write-unseen = Dim ond chi sy'n gweld hwn.
kind-of-headline = Y mater mewn un llinell
kind-of-bid = Cynigion
kind-of-question = Cwestiynau
kind-of-scribe = Wedi'i nodi i'r cyflwynydd
kind-of-skill = Sgiliau i'w hymarfer
kind-of-sentence = Y broblem mewn un frawddeg
kind-of-learning = Yr hyn rwy'n mynd ag ef oddi yma
kind-of-reflection = Fy adolygiad
write-headline = Fy mater mewn un llinell
write-question = Cwestiwn i'w roi
write-question-again = Eich cwestiwn
write-scribe = Llinell y mae'r cyflwynydd am ei chadw
write-scribe-again = Llinell
write-skill = Un sgìl y byddaf yn ei ymarfer heddiw
write-sentence = Y broblem mewn un frawddeg
write-learning = Un peth a ddysgais
write-reflection = Beth helpodd, beth a ddaeth ar draws
write-bid = Pe bawn i'n cymryd amser heddiw, byddai am…
bid-title = Fy nghynnig am amser
bid-pressing = Pa mor daer?
bid-pressing-1 = gall aros
bid-pressing-2 = yn fuan
bid-pressing-3 = yn daer
bid-minutes = Munudau a ddymunir
bid-minutes-hint = O 5 i 120
bid-minutes-fault = Teipiwch rif o 5 i 120
bid-offer = Ei gynnig
bid-change = Newid fy nghynnig
bid-withdraw = Tynnu fy nghynnig yn ôl
table-title = Ar y bwrdd
action-of = Gweithred gan { $name }
actions-title = Yr hyn y byddaf yn ei wneud
actions-hint = Yn eich geiriau eich hun. Dim ond chi sy'n ei weld, oni bai eich bod yn ei ddangos i'r set.
actions-none = Nid oes gennych weithredoedd eto. Gallwch eu hysgrifennu yn y rhannau ar gyfer gweithredoedd, ac wrth gloi.
my-actions = Fy ngweithredoedd
my-actions-lead = Eich rhai chi yn unig: chi sy'n eu hysgrifennu, a chi sy'n penderfynu pwy sy'n eu gweld.
own-help-open = Pwy all fy helpu i agor y rhain eto?
own-help-title = Os dewch yn ôl ar borwr arall
own-help-facilitators = Ar borwr arall gall hwylusydd eich helpu i agor yr hyn a welwch chi yn unig.
own-help-only-me = Ar borwr arall eich cod dychwelyd sy'n agor yr hyn a welwch chi yn unig, a dim byd arall.
own-help-locked = Mae'r hyn a welwch chi yn unig wedi'i gloi â'ch cod dychwelyd, ac nid yw'r porwr hwn yn ei wybod.
own-help-about = Mae'r hyn a welwch chi yn unig wedi'i gloi ag allwedd sy'n eiddo i chi. Ar borwr arall bydd angen yr allwedd honno arnoch eto.
own-help-legend = Pwy all fy helpu i agor y rhain eto?
own-by-facilitators = Hwyluswyr
own-by-facilitators-about = Mae eu porwyr yn dal eich allwedd, ac yn ei rhoi i'ch un chi pan fyddant yn eich derbyn eto. Nid oes angen i chi gadw dim.
own-by-only-me = Dim ond fi, gyda chod dychwelyd
own-by-only-me-about = Rydych yn cadw cod o 28 llythyren a digid. Nid yw'r hwyluswyr yn dal eich allwedd. Yna ni all neb helpu: nid yr hwyluswyr, na phwy bynnag sy'n rhedeg y gwasanaeth hwn. Heb y cod a heb y porwr hwn, bydd yr hyn a ysgrifennoch yn aros dan glo am byth.
own-let-help = Gadael i hwyluswyr helpu
own-make = Gwneud cod dychwelyd
own-make-another = Gwneud cod newydd yn ei le
own-code-title = Eich cod dychwelyd
own-code-once = Caiff ei ddangos y tro hwn yn unig. Ysgrifennwch ef, argraffwch ef, neu rhowch ef lle rydych yn cadw eich cyfrineiriau.
own-copy-by-hand = Ni ellid copïo ar ei ben ei hun. Ysgrifennwch ef neu argraffwch ef.
own-code-again = Teipiwch y cod, i fod yn siŵr ei fod gennych
own-code-hint = Mae llythrennau bach yn iawn. Nid oes ots am fylchau na chysylltnodau.
own-code-set = Dim ond fi o hyn ymlaen
own-code-differs = Nid dyma'r cod uchod. Cymharwch nhw grŵp wrth grŵp.
own-done-only-me = O hyn ymlaen dim ond eich cod dychwelyd sy'n agor y rhain ar borwr arall.
own-done-facilitators = O hyn ymlaen gall hwyluswyr eich helpu i agor y rhain eto.
own-opened = Mae'r hyn a welwch chi yn unig ar agor eto.
own-locked-title = Mae'r hyn a welwch chi yn unig dan glo yma
own-locked-about = Fe ddewisoch na all neb ond chi ei agor. Teipiwch y cod dychwelyd a gadwoch.
own-locked-open = Agor
own-locked-slip = Nid cod dychwelyd yw hwnnw: mae ganddo 28 llythyren a digid, ac mae un llithriad yn ddigon. Cymharwch ef â'r hyn a gadwoch.
own-locked-other = Cod dychwelyd yw hwnnw, ond nid yr un sy'n agor hyn. Efallai eich bod wedi gwneud un mwy newydd, neu ei fod yn perthyn i set arall.
own-locked-lost = Nid yw'r cod gennyf mwyach
own-locked-lost-about = Yna bydd yr hyn sydd dan glo yn aros dan glo am byth, oni bai bod porwr arall i chi yn y set o hyd. Gallwch fynd ymlaen hebddo. Gall hwyluswyr helpu gyda'r hyn a ysgrifennwch o hynny ymlaen.
own-locked-without = Mynd ymlaen hebddo
back-to-room = Yn ôl i'r ystafell
action-what = Fy ngham nesaf
action-by = Erbyn pryd
action-first = Cam bach cyntaf
action-help = Pwy all helpu
action-stakeholders = Pwy sydd angen ei holi
action-happened = Beth ddigwyddodd
action-learned = Beth a ddysgodd i mi
action-outcome = Sut aeth hi
action-keep = Cadw'r weithred hon
action-another = Gweithred arall
action-withdraw = Dileu'r weithred hon
outcome-done = wedi'i wneud
outcome-changed = wedi newid
outcome-not-yet = ddim eto
outcome-let-go = wedi'i ollwng

## Dialogs

words-title = Pum gair
words-about = Mae'r hwylusydd yn darllen y pum gair hyn yn uchel ar yr alwad. Mae pawb yn eu cymharu â'u sgrin eu hunain. Maent yn cwmpasu'r allwedd a phob dyfais sy'n ei dal.
words-show = Dangos y pum gair
words-differ = Os yw geiriau unrhyw un yn wahanol, stopiwch, a dywedwch wrth y bobl sy'n rhedeg y gwasanaeth hwn.
words-failed = Ni ellid cyfrifo'r geiriau eto. Rhowch gynnig arall arni mewn eiliad.
cards-title = Pan fyddwch yn camu i mewn
browsers-title = Eich porwyr eraill
browsers-about =
    { $count ->
        [one] Rydych yn y set hon gydag un porwr heblaw am hwn.
       *[other] Rydych yn y set hon gyda { $count } porwr heblaw am hwn.
    }
browsers-lost = Os oes un ar goll, neu os nad eich un chi ydyw, rhowch nhw allan. Cânt eu cau allan ar unwaith, ac mae'r set yn cael allwedd newydd cyn gynted ag y bydd tudalen hwylusydd ar agor, fan bellaf ar gyfer y cyfarfod nesaf. Yr hyn a ddangoswyd iddynt o'r blaen, maent wedi'i weld.
browsers-host = Mae pwy bynnag sydd â dolen y gwesteiwr yn dod i mewn drwyddi eto. Os gall fod yn nwylo rhywun arall, dewch â'r set hon i ben a gwnewch un newydd.
browsers-links = Mae'r dolenni'n newid gyda'r allwedd: anfonwch y rhai newydd at bobl.
browsers-code = Os teipiwyd eich cod dychwelyd yno, gwnewch un newydd hefyd.
browsers-out = Rhoi'r lleill allan
browsers-done = Mae eich porwyr eraill allan.
leave-title = Gadael?
leave-stay = Aros
leave-away = Os ydych yn mynd i ffwrdd am ychydig yn unig, caewch y tab hwn. Cedwir eich sedd.
leave-about = Mae gadael y set am byth: mae eich sedd, eich llaw a'ch testunau'n mynd.
leave-host = Chi yw'r gwesteiwr: hebddoch chi ni ellid agor y set eto. Caewch y cyfarfod yn lle hynny, neu anghofiwch y porwr hwn.
leave-set = Gadael y set am byth
forget = Anghofio'r porwr hwn
forget-about = Yn dileu popeth y mae'r porwr hwn yn ei gadw o'r set hon: allweddi, eich lle, dolenni, yr hyn y mae'n ei gofio am destunau, a'r hyn rydych wedi'i deipio a heb ei anfon, ar gyfer set newydd hefyd. Mae setiau eraill yn y porwr hwn yn aros. Mae hanes eich porwr ei hun yn cadw teitlau tudalennau, felly enw'r set, a dolen a agoroch o'r bar cyfeiriad; a gall yr hyn y mae'n ei lenwi i chi gadw eich enw. Dilëwch y rheini yno. I ddod yn ôl bydd angen eich dolen ac, oni bai mai chi yw'r gwesteiwr, eich derbyn eto.
help-what = Mae Setroom wrth ochr eich galwad. Siaradwch ar yr alwad; yma gwelwch dro pwy yw hi, faint o amser sydd, a'r hyn a gytunwyd gennych.
help-recording = Nid oes gan Setroom gamera, meicroffon na recordio. Ni all weld a yw eich galwad yn recordio.

## At the beginning and at the end

recorder-title = A oes unrhyw beth yn recordio?
recorder-about = Nid oes neb i recordio hyn. Edrychwch ar eich ochr chi o'r alwad: recordydd, capsiynau sy'n cael eu cadw, cynorthwyydd sy'n cymryd nodiadau. Ni all y gwasanaeth weld yr un o'r rhain.
recorder-no = Nid oes dim yn recordio yma
recorder-yes = Mae rhywbeth yn recordio
recorder-on = Yn recordio nawr, yn ôl eu gair:
recorder-on-about = Stopiwch ef, neu siaradwch amdano, cyn mynd ymlaen.
recorder-none = Mae pawb yma wedi dweud nad oes dim yn recordio.
recorder-after-all = Mae rhywbeth yn recordio wedi'r cyfan
recorder-off-now = Mae fy un i wedi stopio
recorder-open = { $count ->
    [one] Nid yw un person wedi dweud eto a oes rhywbeth yn recordio.
   *[other] Nid yw { $count } o bobl wedi dweud eto a oes rhywbeth yn recordio.
}
form-title = Sut oedd hi? Chwe deg eiliad
form-about = Nid oes neb yn gweld eich ateb cyn bod o leiaf bump yno a bod hwylusydd yn eu dangos: wedyn mae pa mor aml y rhoddwyd pob marc ar bob sgrin ar unwaith, heb enwau. Tan hynny dim ond yng nghof y gwasanaeth y mae'r atebion, ar glo: mae ailgychwyn yn eu hanghofio, ac mae eich tudalen yn anfon eich un chi eto tra bydd ar agor. Gallai pwy bynnag sy'n rhedeg y gwasanaeth ac sydd yn y set hon hefyd eu hagor, a gwybod pwy biau pob un. Gyda llai na phump ni ddangosir dim. Mae'r hyn a ddangoswyd yn mynd pan fydd y cyfarfod nesaf yn agor.
form-title-shown = Sut oedd hi
form-heard = Cefais fy nghlywed
form-stretched = Cefais fy ymestyn
form-safe = Teimlais yn ddigon diogel i ddweud y peth go iawn
form-asked = Gofynnom fwy nag y dywedom
form-pace = Gadawodd y cyflymder le i feddwl
form-held = Daliodd yr hwylusydd y cyfan yn dda
form-screen = Helpodd y sgrin fwy nag y rhwystrodd
form-scale-1 = Heb ei gyflawni
form-scale-2 = Yn rhannol
form-scale-3 = Yn llawn
form-send = Anfon
form-again = Anfon eto
form-sent = Anfonwyd. Hyd nes y dangosir yr atebion gallwch anfon un arall yn ei le.
form-unsure = Aeth y llinell, ac efallai fod y gwasanaeth wedi anghofio eich ateb. Mae'r dudalen hon yn ei anfon eto ohoni ei hun. Os yw'r geiriau hyn yn aros, anfonwch ef eto eich hun.
form-new-key = Tynnwyd eich ateb allan, gan fod gan y set allwedd newydd. Anfonwch ef eto.
form-show-about = Dangoswch yr atebion pan fydd pawb wedi cael amser. Ni all neb ateb wedi hynny.
form-show = Dangos yr atebion
form-shown-about = { $count } ateb, heb enwau.
form-withheld = Ni ddangosir dim: gall y porwr hwn agor llai na phum ateb, neu mae'n rhai gwahanol i'r rhai o'r blaen, a gallai hynny ddweud pwy a'u rhoddodd.
form-shut = { $count ->
    [one] Ni ellir agor un ateb yn y porwr hwn.
   *[other] Ni ellir agor { $count } ateb yn y porwr hwn.
}
attendance-title = Pwy oedd yno
attendance-about = Daw hyn o bwy oedd wedi cysylltu. Cywirwch yr hyn sy'n anghywir; roedd pwy bynnag oedd ar y ffôn yno hefyd. Dim ond unwaith y bydd pawb wedi cytuno i enwau yr ysgrifennir pwy oedd yno.
attendance-unknown = Nid yw'n hysbys bellach pwy oeddent: dim ond faint a gedwir.
attendance-correct = Ei gywiro
attendance-keep = Cadw hyn
attendance-names = Cedwir pwy oedd yno fel rhifau. Fe'i cedwir wrth enw tra bydd pawb sy'n cymryd rhan yn cytuno: mae { $count } o { $all } yn cytuno. Nid yw pwy bynnag a ddaw wedyn wedi cytuno eto: bryd hynny, neu pan fydd un yn ei dynnu'n ôl, mae enwau pob cyfarfod yn mynd. Pan fydd rhywun yn mynd cyn i bawb gytuno, hyd yn oed un a ddaeth am eiliad, mae pawb yn cytuno o'r newydd, fel na all neb ddweud pwy oedd wedi gwneud.
attendance-names-yes = Rwy'n cytuno i enwau
attendance-names-no = Dim enwau mwyach
attendance-save = Cadw presenoldeb
attendance-when = Pryd
attendance-who = Pwy
attendance-all = pawb
attended-came = daeth
attended-late = daeth yn hwyr
attended-left-early = gadawodd yn gynnar
attended-apologies = anfonodd ymddiheuriadau
attended-absent = nid oedd yno
away-title = Pwy na all ddod
away-about = Os na allwch ddod, dywedwch hynny yma. Nid oes neb yn gofyn pam.
away-cannot = Ni allaf ddod
away-can = Gallaf ddod wedi'r cyfan
away-cannot-on = Ni allaf ddod ar { $when }
away-can-on = Gallaf ddod wedi'r cyfan ar { $when }
# Fewer can come than a set needs. $count can of $all; $minutes and $slots are those of the shortest plan.
few-can = Gall { $count } o { $all } ddod.
few-about = Gyda llai na phump, bydd set fel arfer yn symud y dyddiad, neu'n mynd ymlaen yn fach: llai o gyflwynwyr, a llai o amser i bawb.
few-later = I fynd ymlaen yn fach, dewiswch gynllun byrrach unwaith y bydd y cyfarfod hwnnw ar agor.
few-small-about = { $slots ->
    [one] Byddai un bach yn { $minutes } munud, gydag un cyflwynydd. Hyd y dechrau gallwch ddewis cynllun arall eto.
   *[other] Byddai un bach yn { $minutes } munud, gyda { $slots } cyflwynydd. Hyd y dechrau gallwch ddewis cynllun arall eto.
  }
few-small = Mynd ymlaen yn fach
few-move = Symud y dyddiad

## Close

summary-title = Mae'r cyfarfod wedi'i gau
summary-no-actions = Ni ysgrifennoch weithredoedd.
receipt-title = Beth a ddinistriwyd, beth a gedwir
receipt-line = Caewyd { $when }. { $people ->
    [one] Roedd sedd gan un person.
    [two] Roedd sedd gan ddau berson.
   *[other] Roedd sedd gan { $people } o bobl.
}
receipt-destroyed = Dinistriwyd: { $what }.
receipt-kept = Cedwir, ar glo: { $what }.
receipt-actions = Cedwir gweithredoedd i'w perchnogion yn unig. Ni all neb arall eu hagor yma mwyach. Ni chyfrifir yr hyn oedd i un person yn unig.
receipt-returns = Os bydd y porwr hwn yn eich anghofio, mae eich dolen yn dal i arwain at y drws. Gall eich hwylusydd eich gadael yn ôl i'ch lle yno, ac mae eich gweithredoedd eich hun yn agor eto, y rhai yr oeddech wedi'u dangos unwaith y bydd y porwr hwn wedi'u cloi i chi ar ôl y cau. Os dewisoch god dychwelyd bydd angen hwnnw hefyd.
receipt-double = Felly hefyd benawdau, hyd nes i'r cyfarfod nesaf agor. Yr hyn a welodd y set, mae porwr ei berchennog yn ei gloi eto: dan ei allwedd ei hun, ac nid dan allwedd y set mwyach.
headline-kept-title = Eich pennawd
headline-kept-about = Dim ond chi sy'n ei weld bellach. Bydd yn mynd pan fydd y cyfarfod nesaf yn agor: cadwch y ffeil os ydych am ei gael yn hirach.
receipt-nothing = dim
lasting-title = Yr hyn y gall y porwr hwn ei anghofio
lasting-open = Nid yw'r porwr hwn yn addo dim: gall ddileu'r hyn y mae'n ei gadw o'r set hon pan fydd ei ddisg yn llenwi, ac mae rhai'n gwneud hynny ar ôl wythnos heb ymweliad.
lasting-kept = Mae'r porwr hwn yn addo cadw'r hyn sydd ganddo o'r set hon nes i chi ei glirio.
lasting-none = Nid yw'r porwr hwn yn addo dim: gall ddileu'r hyn y mae'n ei gadw o'r set hon, ac ni ellir ei ddal at fwy.
lasting-link = Cadwch eich dolen yn rhywle arall hefyd: mae'n arwain yn ôl at y drws.
lasting-link-host = Cadwch ddolen y gwesteiwr yn rhywle arall hefyd: mae'n agor y set eto ar ei phen ei hun.
lasting-code = Cadwch eich cod dychwelyd hefyd.
lasting-ask = Gofyn i'r porwr hwn ei gadw
lasting-how = Mae rhai porwyr yn gofyn i chi, a rhai'n penderfynu drostynt eu hunain.
print = Argraffu
save-file = Cadw fel ffeil
next-title = Y cyfarfod nesaf
next-then = Ar ôl hynny:
next-none = Nid oes dyddiad eto. Unwaith y bydd hwylusydd wedi gosod un, bydd yma.
next-none-host = Nid oes dyddiad eto. Cytunwch ar un ar yr alwad, a gosodwch ef yma i bawb.
next-how = Ar y diwrnod, agorwch y ddolen y daethoch drwyddi, gyda'r porwr hwn: byddwch i mewn ar unwaith. Bydd yr hyn a ysgrifennoch fel eich gweithredoedd yno.
next-open = Agor y cyfarfod nesaf…
next-open-about = Bydd pawb sydd â sedd ynddo ar unwaith, a thrwy ddolenni aelodau ac arsylwyr gall pobl newydd ddod eto, gyda chi'n gadael pob un i mewn. Y cynllun a'r ffordd o weithio yw'r rhai diwethaf, a gellir eu newid cyn dechrau. Bydd gweithredoedd yno, pob un i'w berchennog. Gwneir allwedd newydd. Bydd y dudalen hon, gyda'r hyn a ddinistriwyd, yn mynd.
next-open-do = Agor nawr
ahead-title = Cyfarfodydd i ddod
ahead-none = Dim dyddiad ar ôl hwn eto.
last-title = Yr hyn a ddywedoch y byddech yn ei wneud
last-about = Gofynnir i chi beth ddaeth ohono yn y cyfarfod hwn. Ni wêl neb arall ef oni bai eich bod yn ei ddangos.
meeting-of = Cyfarfod { $number } o { $of }
meeting-n = Cyfarfod { $number }
dates-open = Dyddiadau…
dates-title = Dyddiadau'r set
dates-about = Amser Llundain, gan gynnwys amser haf. Bydd pawb yn y set yn gweld y dyddiadau; mae'r gwasanaeth yn eu darllen hefyd, gan ei fod yn cadw'r set ar eu cyfer.
dates-none = Nid oes dyddiad eto.
dates-weeks = Wythnosau o un cyfarfod i'r nesaf
dates-weeks-fault = Rhif cyfan o 1 i 52
dates-add = Ychwanegu cyfarfod
dates-save = Cadw'r dyddiadau
dates-saved = Mae'r dyddiadau wedi'u cadw.
dates-calendar = Mae pob ffeil galendr yn eu dal i gyd. O'i chadw eto ar ôl newid, mae'n symud yr hyn a symudwyd, ac yn tynnu'r hyn nad yw'n digwydd.
# Who runs the meetings to come. $name is a person.
leads-title = Pwy sy'n eu rhedeg
leads-about = Bydd gan y person hwnnw reolaethau'r hwylusydd unwaith yr agorir y cyfarfod hwnnw. Mae gan y gwesteiwr a'r cyd-hwyluswyr hwy beth bynnag.
leads-open = Neb yn benodol
lead-of = { $name } sy'n ei redeg.
date-of-meeting = Cyfarfod { $number }
date-drop = Tynnu cyfarfod { $number }
date-drop-short = Tynnu
date-twice = Ni all dau gyfarfod ddechrau ar yr un pryd
asked-title = Pa ddyddiadau sy'n bosibl i chi?
asked-about = Gallwch newid eich ateb nes bod dyddiadau wedi'u pennu. Bydd pawb yn y set yn gweld pwy ddywedodd beth; mae'r gwasanaeth yn ei ddarllen hefyd, gan mai ef sy'n cadw'r dyddiadau.
asked-when = { $when }, amser Llundain
asked-answer = { $answer }: { $when }
asked-table = Pwy sy'n gallu: { $when }
asked-best = Gorau hyd yma
answer-yes = Gallaf
answer-if-need-be = Os oes rhaid
answer-no = Na allaf
answer-none = Heb ateb
asked-fix = Pennu hwn
asked-fix-about = Bydd yr hyn a bennir yn dod yn ddyddiad cyfarfod, i bawb ac ym mhob ffeil galendr a gedwir wedi hynny. Ni ofynnir i neb mwyach.
asked-fix-do = { $count ->
    [0] Pennu dyddiadau
    [one] Pennu un dyddiad
   *[other] Pennu { $count } dyddiad
}
asked-change = Newid yr hyn a ofynnir…
asked-stop = Peidio â gofyn…
asked-stop-about = Bydd yr amseroedd yn mynd, a'r holl atebion gyda nhw.
asked-stop-do = Peidio â gofyn
asked-over = Ni ofynnir i neb am ddyddiadau mwyach.
asked-open = Dyddiadau y gofynnir i chi amdanynt…
ask-open = Gofyn pwy sy'n gallu pryd…
ask-title = Gofyn pa ddyddiadau sy'n bosibl i bobl
ask-about = Amser Llundain, gan gynnwys amser haf. Gofynnir i bawb ond arsylwyr. Bydd pawb yn y set yn gweld pwy ddywedodd beth; mae'r gwasanaeth yn ei ddarllen hefyd.
ask-day = Diwrnod
ask-morning = Ychwanegu'r bore, { $from } tan { $to }
ask-afternoon = Ychwanegu'r prynhawn, { $from } tan { $to }
ask-hour = Dechrau arall ar y diwrnod hwnnw
ask-hour-fault = Teipiwch amser y mae clociau Llundain yn ei ddangos ar y diwrnod hwnnw
ask-free = Ei ychwanegu, { $minutes } munud o hyd
ask-added = Ychwanegwyd: { $when }
ask-twice = Mae rhywbeth sy'n dechrau bryd hynny yno eisoes
ask-list = Yr hyn y gofynnir i bobl amdano
ask-none = Nid oes dim wedi'i ddewis eto.
ask-keeps = Bydd atebion yn aros gyda phob amser sy'n aros.
ask-do = Gofyn i bawb
ask-done = Gofynnwyd i bawb.
time-point = { $day }, { $from }
time-span = { $day }, { $from } tan { $to }
time-here = Lle rydych chi ({ $zone }): { $when }
# $time is an hour, $here the same hour on this browser's clock, and $zone the town after which that clock is named.
time-clock = { $time } amser Llundain
time-clock-here = { $time } amser Llundain ({ $here } yn { $zone })
time-hour-here = { $time } ({ $here } yn { $zone })
count-title = { $count ->
    [one] enw'r set
   *[other] { $count } enw'r set
}
count-name = { $count ->
    [one] un enw
   *[other] { $count } enw
}
count-charter = { $count ->
    [one] y rheolau sylfaenol
   *[other] { $count } fersiwn o'r rheolau sylfaenol
}
count-headline = { $count ->
    [one] un pennawd
    [two] dau bennawd
   *[other] { $count } pennawd
}
count-bid = { $count ->
    [one] un cynnig
    [two] dau gynnig
   *[other] { $count } cynnig
}
count-action = { $count ->
    [one] un weithred
    [two] dwy weithred
   *[other] { $count } gweithred
}
count-question = { $count ->
    [one] un cwestiwn
    [two] dau gwestiwn
    [few] tri chwestiwn
    [many] chwe chwestiwn
   *[other] { $count } cwestiwn
}
count-scribe = { $count ->
    [one] un llinell gan y cofnodydd
   *[other] { $count } llinell gan y cofnodydd
}
count-skill = { $count ->
    [one] un sgìl
   *[other] { $count } sgìl
}
count-sentence = { $count ->
    [one] un frawddeg
    [two] dwy frawddeg
   *[other] { $count } brawddeg
}
count-practice = { $count ->
    [one] un arfer
   *[other] { $count } o arferion
}
count-learning-question = { $count ->
    [one] un rhan o gwestiwn dysgu
   *[other] { $count } rhan o gwestiynau dysgu
}
count-framework = { $count ->
    [one] diben y set
   *[other] { $count } testun am ddiben y set
}
count-learning = { $count ->
    [one] un peth a ddysgwyd
   *[other] { $count } peth a ddysgwyd
}
count-reflection = { $count ->
    [one] un myfyrdod
    [two] dau fyfyrdod
   *[other] { $count } myfyrdod
}

## Spoken

say-part = { $part }. { $cue }
say-paused = Mae'r cloc wedi oedi.
say-resumed = Mae'r cloc yn rhedeg eto.
say-time-added = Mae amser y rhan hon wedi newid.
say-time-fitted = Mae amser y rhannau sydd i ddod wedi newid.
say-saved = Wedi'i gadw.
say-undone = Mae'r hyn a bwyswyd ddiwethaf wedi'i ddadwneud.
say-device = Mae { $name } wedi dod i mewn gyda phorwr arall.
say-claim = Dywedir mai chi yw rhywun wrth y drws. Atebwch, os gwelwch yn dda.
say-hold-ended = Awn ymlaen.
say-silence = Mae'r tawelwch yn dechrau. Dim i'w wneud.
say-silence-ended = Mae'r tawelwch ar ben.
say-hand-up = Mae eich llaw i fyny. Rydych yn rhif { $place } o { $of }.
say-hand-down = Mae eich llaw i lawr.
say-cleared = Mae pob llaw i lawr.
say-your-floor = Chi sydd â'r llawr.
say-your-turn = Eich tro chi yw hi.
say-you-next = Chi sydd nesaf.
say-no-presenter = Nid oes neb yn cyflwyno.
say-you-lead = Chi sydd â'r rheolaeth nawr.
say-leads = { $name } sydd â'r rheolaeth nawr.
say-mode-proposed = Cynigir newid y cyfrinachedd: { $mode }.
say-mode-set = Cytunwyd: { $mode }.
say-lines = Rhyddhawyd llinellau i'w trosglwyddo.
say-mode-kept = Mae'r hyn a gytunwyd yn aros fel y mae.
say-closed = Mae'r cyfarfod wedi'i gau.
say-opened = Mae'r cyfarfod nesaf ar agor. Mae'r set yn ymgynnull.
say-dates = Mae dyddiadau'r set wedi newid.
say-dates-asked = Gofynnir i chi pa ddyddiadau sy'n bosibl i chi.
say-waiting = { $count ->
    [0] Nid oes dwylo i fyny.
    [one] Un yn aros.
    [two] Dau'n aros.
   *[other] { $count } yn aros.
}
say-knocks = { $count ->
    [one] Un person wrth y drws.
    [two] Dau berson wrth y drws.
   *[other] { $count } o bobl wrth y drws.
}
say-back = Mae'r cysylltiad yn ôl.
say-time = { $minutes ->
    [0] Amser. Nid oes brys.
    [two] Dwy funud ar ôl yn y rhan hon.
   *[other] { $minutes } munud ar ôl yn y rhan hon.
}
where-gathering = { $count ->
    [one] Mae'r set yn ymgynnull. Mae un person yma.
    [two] Mae'r set yn ymgynnull. Mae dau berson yma.
   *[other] Mae'r set yn ymgynnull. Mae { $count } o bobl yma.
}
where-part = Cam { $step } o { $steps }: { $part }.
where-left = { $minutes ->
    [one] Un funud ar ôl.
    [two] Dwy funud ar ôl.
   *[other] { $minutes } munud ar ôl.
}
where-over = Mae'r amser ar ben; nid oes brys.
where-paused = Mae'r cloc wedi oedi.
where-you-present = Chi sy'n cyflwyno.
where-presents = Mae { $name } yn cyflwyno.
where-headline = Y mater: { $text }
where-silence = Mae'n dawel.
where-your-floor = Chi sydd â'r llawr.
where-floor = { $name } sydd â'r llawr.
where-you-next = Chi sydd nesaf.
where-next = Nesaf: { $name }.
where-place = Mae eich llaw i fyny: rhif { $place } o { $of }.
where-mode = Cytunwyd: { $mode }.

## Refusals, by code

code-role = Ni all eich rôl wneud hynny.
code-stage = Ni ellir gwneud hynny ar yr adeg hon o'r cyfarfod.
code-part = Ni ellir gwneud hynny yn y rhan hon.
code-stale = Mae'r cyfarfod newydd symud ymlaen. Edrychwch eto, a phwyswch unwaith eto os ydych yn dal i'w ddymuno.
code-no-seat = Nid yw'r person hwnnw yn y set mwyach.
code-no-item = Nid yw'r testun hwnnw yno mwyach.
code-no-part = Nid oes rhan o'r fath.
code-no-knock = Nid yw'r person hwnnw wrth y drws mwyach.
code-no-device = Nid yw'r porwr hwnnw yn y set mwyach.
code-not-yours = Nid chi sydd i wneud hynny nawr.
code-no-hand = Nid yw'r llaw honno i fyny mwyach.
code-no-turn = Nid oes gan neb y llawr ar hyn o bryd.
code-no-round = Nid oes rownd yn y rhan hon.
code-no-presenter = Nid oes neb yn cyflwyno ar hyn o bryd.
code-nothing-to-undo = Mae'n rhy hwyr i ddadwneud hynny.
code-already = Felly y mae hi eisoes.
code-holding = Mae'r ystafell wedi'i dal. Pwyswch Mynd ymlaen yn gyntaf.
code-locked = Mae'r ystafell wedi'i chloi: ni all neb newydd ofyn am ymuno.
code-lines = Nid oes dim i'w ryddhau eto. Lle na chaiff pobl deithio, mae angen llinellau gan o leiaf ddau berson.
code-few = Mae llai na phump wedi ateb: ni ddangosir dim.
code-charter-first = Cytunwch i'r rheolau sylfaenol yn gyntaf, os gwelwch yn dda.
code-in-lobby = Mae'r person hwnnw yn y lobi.
code-stale-epoch = Mae'r allwedd newydd newid. Anfonwch ef unwaith eto.
code-stale-roster = Mae rhywun newydd ddod neu fynd. Pwyswch unwaith eto.
code-seat-here = Mae'r person hwn yma. Gofynnir iddyn nhw yn gyntaf.
code-not-them = Dywedodd y person hwn nad nhw sydd yno.
code-sealed-own = Mae'r testun hwn wedi'i gloi i'w awdur yn unig. Caiff ei gloi i'r set yn gyntaf, ac yna ei rannu.
code-meetings = Mae gormod o gyfarfodydd â dyddiad eisoes, neu mae'r set hon wedi cynnal cymaint ag y gall.
code-times = Gellir gofyn am 24 amser ar unwaith, a dim mwy.
code-own-key-chars = Byddai'n rhaid i ormod o borwyr ddal eich allwedd eich hun.
code-roster-edits = Mae'r rhestr o bwy sy'n dal allweddi wedi mynd yn rhy hir. Bydd yn mynd ymlaen ar ôl i'r gwesteiwr agor y set.
code-stale-revision = Newidiwyd y testun hwn yn rhywle arall. Edrychwch arno, yna cadwch eto.
code-stale-order = Aeth y porwr hwn allan o drefn. Anfonwch ef unwaith eto.
code-kind = Ni allwch ysgrifennu hynny yma nawr.
code-long-text = Mae'r testun hwnnw'n rhy hir. Byrhewch ef.
code-range = Mae'r rhif hwnnw'n rhy fawr neu'n rhy fach.
code-no-template = Nid yw'r gwasanaeth hwn yn adnabod y cynllun hwnnw.
code-people = Mae'r set yn llawn.
code-devices = Mae gormod o ddyfeisiau yn y set hon eisoes.
code-lobby = Mae gormod o bobl yn aros wrth y drws.
code-items = Nid oes lle i ragor o destunau. Tynnwch un yn ôl yn gyntaf.
code-sealed-bytes = Nid oes lle i ragor o destunau yn y set hon.
code-knock-refused = Ni adawodd yr hwylusydd y porwr hwn i mewn.
code-lobby-stay = Roedd yr aros wrth y drws yn rhy hir.
code-link-changed = Newidiwyd y ddolen. Gofynnwch am yr un newydd.
code-busy = Mae'r ystafell yn brysur iawn. Pwyswch unwaith eto.
code-not-saved = Ni ellid cadw hynny, felly nid yw wedi digwydd. Pwyswch unwaith eto.
code-too-fast = Roedd hynny'n rhy gyflym i'r ystafell. Arhoswch eiliad.
code-quarantined = Baglodd y gwasanaeth dros hynny, felly ni chafodd ei wneud. Rhowch wybod i bwy bynnag sy'n ei redeg.
code-own-locked = Teipiwch eich cod dychwelyd yn gyntaf. Ag ef y mae'r hyn a welwch chi yn unig wedi'i gloi.
code-failed = Ni weithiodd hynny yn y porwr hwn. Gwiriwch eich cysylltiad a phwyswch unwaith eto; os yw'n parhau felly, ail-lwythwch y dudalen.
code-gone = Nid anfonwyd hynny, ac nid yw'r dudalen yn ei gofio mwyach. Edrychwch eto, a phwyswch unwaith eto os ydych yn dal i'w ddymuno.

## Parts of a meeting

part-settle = Setlo
part-check-in = Rownd agor
part-charter = Rheolau sylfaenol
part-action-review = Adolygu gweithredoedd
part-bids = Cynigion
part-break = Egwyl
part-process-review = Sut y gweithiom
part-close = Rownd gloi
part-slack = Amser wrth gefn
part-trainee-feedback = Adborth i'r hyfforddai
part-classic-present = Y mater
part-classic-clarify = Egluro
part-classic-explore = Cwestiynau agored
part-classic-pause = Tawelwch
part-classic-act = Gweithredoedd
part-classic-resonance = Atseinio
part-classic-review = Adolygu
part-gossip-present = Y mater
part-gossip-explore = Cwestiynau i ddewis ohonynt
part-gossip-talk = Siarad am yr achos
part-gossip-return = Y cyflwynydd yn dychwelyd
part-gossip-review = Adolygu
part-koll-roles = Rolau
part-koll-case = Yr achos
part-koll-ask = Egluro
part-koll-hypotheses = Dyfalu
part-koll-comment = Beth sy'n canu'n wir
part-koll-solutions = Yn eich lle chi
part-koll-decide = Penderfynu
part-koll-share = Yr hyn yr awn ag ef
part-clinic-roles = Rolau
part-clinic-intention = Bwriad
part-clinic-stillness = Llonyddwch
part-clinic-mirror = Adlewyrchu
part-clinic-reflect-back = Adlewyrchu'n ôl
part-clinic-dialogue = Deialog
part-clinic-close = Cloi
part-clinic-journal = Dyddlyfr
part-troika-think = Meddwl
part-troika-share = Rhannu
part-troika-clarify = Egluro
part-troika-consult = Ymgynghori
part-troika-back = Yn ôl atoch chi
part-gift-present = Y mater
part-gift-clarify = Egluro
part-gift-write = Ysgrifennu cwestiynau
part-gift-give = Rhoi cwestiynau
part-gift-choose = Dewis
part-gift-think-aloud = Meddwl yn uchel
part-gift-act = Gweithredoedd
part-wial-rules = Dwy reol
part-wial-skill = Sgiliau
part-wial-problem = Y broblem
part-wial-inquiry1 = Holi
part-wial-check1 = Sut mae'n mynd?
part-wial-inquiry2 = Holi eto
part-wial-write = Ysgrifennu'r broblem
part-wial-read = Darllen y broblem
part-wial-inquiry3 = Tuag at nod
part-wial-check2 = Ail wiriad
part-wial-act = Gweithredoedd
part-wial-learn = Dysgu

## Cues: what facilitator (f), presenter (p) and member (m) do now

cue-settle-f = A yw pawb yn breifat, ac a ydynt yn clywed? Recordio ac is-deitlau a gedwir wedi'u diffodd yn yr alwad.
cue-settle-m = Drws ar gau, clustffonau ymlaen, sgriniau a hysbysiadau eraill wedi'u diffodd.
cue-check-in-f = Munud yr un: sut ydych chi'n cyrraedd, a beth sydd angen i chi ei roi i lawr?
cue-check-in-m = Sut ydych chi'n cyrraedd, a beth sydd angen i chi ei roi i lawr? Siaradwch neu ewch heibio.
cue-charter-f = Darllenwch y rheolau sylfaenol gyda'ch gilydd. Beth sydd ar goll, a beth sydd angen i chi ei ddweud amdanynt?
cue-charter-m = Allwch chi fyw gyda hyn? Dywedwch beth sydd ar goll.
cue-action-review-f = Beth wnaethoch chi, beth ddigwyddodd, beth a ddysgodd i chi?
cue-action-review-p = Wedi'i wneud, wedi newid, ddim eto, neu wedi'i ollwng: mae pob un yn newyddion.
cue-bids-f = Pwy sydd ei angen fwyaf nawr, a phwy sydd wedi aros hiraf?
cue-bids-m = "Pe bawn i'n cymryd amser heddiw, byddai am…" un frawddeg, pa mor daer, pa mor hir.
cue-break-m = I ffwrdd o'r sgrin. Pwyswch pan fyddwch yn ôl.
cue-trainee-feedback-f = Beth welais i, beth wnaeth, beth rwy'n ei ystyried, un peth i'w gadw.
cue-trainee-feedback-m = Beth wnaeth yr hwyluso i chi? Un peth i'w gadw.
cue-slack-m = Amser wrth gefn. Nid oes rhaid i ddim ddigwydd.
cue-present-f = Neb i mewn eto.
cue-present-p = Dywedwch yn eich ffordd eich hun. Beth sy'n digwydd, pam mae'n bwysig i chi, beth rydych wedi rhoi cynnig arno, beth fyddai'n ddefnyddiol?
cue-present-m = Gwrandewch yn unig.
cue-clarify-f = Ai cwestiwn ffaith yw hwnnw, neu ddamcaniaeth eisoes?
cue-clarify-p = Atebion byr.
cue-clarify-m = Dim ond yr hyn sydd ei angen arnoch i ddilyn y stori.
cue-explore-f = Gadewch iddo lanio. Pwy sydd heb fod i mewn?
cue-explore-p = Cymerwch eich amser; cewch feddwl yn uchel, neu beidio ag ateb.
cue-explore-m = Gofynnwch yr hyn nad ydych wir yn gwybod yr ateb iddo.
cue-pause-all = Tawelwch. Beth sy'n sefyll allan? Beth sydd heb ei ddweud?
cue-act-f = Pa mor debygol, allan o ddeg? Beth fyddai'n ychwanegu un?
cue-act-p = Felly beth ydych chi'n mynd i'w wneud? Cam bach cyntaf? Erbyn pryd? Pwy all helpu? Pwy sydd angen ei holi?
cue-act-m = Helpwch i'w wneud yn llai ac yn sicrach.
cue-resonance-p = Derbyniwch yn unig.
cue-resonance-m = Beth ddeffrôdd hyn ynof, neu ei ddysgu i mi? Dim byd am beth ddylech chi ei wneud.
cue-slot-review-f = I'r cyflwynydd yn gyntaf: pa gwestiwn a symudodd rywbeth? Beth a ddaeth ar draws? Beth ydych chi ei eisiau gennym y tro nesaf?
cue-slot-review-p = Pa gwestiwn a symudodd rywbeth? Beth a ddaeth ar draws? Beth ydych chi ei eisiau gennym y tro nesaf?
cue-slot-review-m = Y cyflwynydd yn gyntaf, wedyn unrhyw un: beth helpodd, beth a ddaeth ar draws?
cue-choose-p = Cadwch y rhai sy'n tynnu; gadewch y gweddill.
cue-choose-m = Cwestiynau byr, wedi'u rhoi ac yna'u gadael. Y cyflwynydd sy'n dewis.
cue-gossip-p = Camera a meicroffon wedi'u diffodd. Gwrandewch, ysgrifennwch, peidiwch ag amddiffyn.
cue-gossip-m = Siaradwch am yr achos fel pe baent wedi mynd adref: yn garedig, yn rhydd, "nhw", nid "chi".
cue-return-p = Beth a'ch trawodd? Beth sy'n canu'n wir, beth sydd ddim? Nid oes angen egluro eich hun.
cue-return-m = Dim ateb yn ôl.
cue-hypotheses-p = Gwrandewch yn unig. Nid oes angen i chi gywiro dim.
cue-hypotheses-m = "Efallai fod…" Dyfalu yn unig, dim meddyginiaethau.
cue-in-your-place-p = Derbyniwch yn unig.
cue-in-your-place-m = "Yn eich lle chi byddwn i…" un yr un, dim dadl.
cue-koll-roles-f = Pwy sy'n dod â'r achos, pwy sy'n ymgynghori, pwy sy'n ysgrifennu?
cue-koll-roles-m = Dywedwch beth yr hoffech ei wneud.
cue-clinic-roles-f = Pwy sy'n rhoi'r achos, pwy sy'n gwylio'r amser?
cue-clinic-roles-m = Dywedwch beth yr hoffech ei wneud.
cue-clinic-intention-p = Ble rydych chi; sut mae eraill yn ei weld; beth rydych am iddo ddigwydd; beth y gall fod angen i chi ei ollwng neu ei ddysgu; ble rydych eisiau cymorth.
cue-clinic-intention-m = Gwrandewch yn ofalus. Gofynnwch ddim ond yr hyn sydd ei angen i ddilyn y stori.
cue-mirror-p = Derbyniwch yn unig.
cue-mirror-m = Y ddelwedd a gefais… y teimlad y sylwais arno… yr ystum yr oeddwn am ei wneud…
cue-dialogue-p = Cymerwch yr hyn sy'n helpu; cewch feddwl yn uchel.
cue-dialogue-m = Ychwanegwch at yr hyn a ddywedwyd nawr; arhoswch gyda'r person, nid eich syniad.
cue-think-aloud-p = Dechreuwch gyda'r un rydych yn ei hoffi leiaf.
cue-think-aloud-m = Gwrandewch yn unig.
cue-troika-think-all = Beth yw eich her, a pha fath o gymorth rydych ei eisiau?
cue-gift-write-p = Anadlwch. Maent yn ysgrifennu i chi.
cue-gift-write-m = Un cwestiwn y byddech yn falch o'i gael.
cue-gift-give-p = Derbyniwch yn unig. Nid oes angen ateb dim.
cue-gift-give-m = Darllenwch ef unwaith, yn araf, yna stopiwch.
cue-wial-rules-f = Datganiadau dim ond fel atebion i gwestiynau; caiff unrhyw un holi unrhyw un. Pan gamaf i mewn, rydym yn stopio ac yn edrych ar sut rydym yn gweithio.
cue-wial-rules-m = Datganiadau dim ond fel atebion i gwestiynau. Pan fydd yr hyfforddwr yn camu i mewn, rydym yn stopio ac yn edrych ar sut rydym yn gweithio.
cue-wial-skill-m = Un sgìl y byddaf yn ei ymarfer heddiw.
cue-wial-problem-p = Dwy funud, y broblem foel.
cue-wial-problem-m = Gwrandewch yn unig.
cue-wial-inquiry-f = Pa gwestiwn rydym yn ei ateb?
cue-wial-inquiry-p = Atebwch yr hyn a ofynnir, yna stopiwch. Cewch chithau ofyn hefyd.
cue-wial-inquiry-m = Gofynnwch, yna arhoswch.
cue-wial-check-f = Sut mae'n mynd, un i ddeg? Beth sy'n mynd yn dda? Beth allai fod yn well?
cue-wial-check-m = Un i ddeg, beth sy'n mynd yn dda, beth allai fod yn well.
cue-wial-write-m = Y broblem mewn un frawddeg, nid y feddyginiaeth.
cue-wial-read-f = Ydym ni'n gytûn? Beth sy'n dal yn wahanol?
cue-wial-read-m = Darllenwch ef fel y'i hysgrifennwyd.
cue-wial-goal-p = Sut olwg fyddai ar lwyddiant i chi?
cue-wial-goal-m = Sut olwg fyddai ar lwyddiant, a beth allai ein cael ni yno?
cue-wial-learn-f = Sut aeth hi gyda'ch sgìl? Pwy welodd enghraifft? Beth fyddwch chi'n ei ddefnyddio yn y gwaith?
cue-wial-learn-m = Sut aeth hi gyda fy sgìl? Beth fyddaf yn ei ddefnyddio yn y gwaith?
cue-process-review-f = Pryd oeddem ni ar ein gorau? Ble lithrom ni i drwsio? Un peth i'w wneud yn wahanol y tro nesaf.
cue-process-review-m = Pryd oeddem ni ar ein gorau? Ble lithrom ni i drwsio?
cue-close-f = Y dyddiad nesaf, a phwy sy'n dod â beth.
cue-close-m = Un gair, neu un llinell, i adael gydag ef.
cue-hold-all = Mae'r ystafell wedi'i dal. Mae'r clociau wedi stopio. Nid oes angen dim arall gennych.

## Questions to borrow, and cards for stepping in; " · " stands between them

bank-clarify = Pwy arall sydd yn hyn? · Ers pryd mae hi felly? · Beth rydych wedi rhoi cynnig arno? · Beth sydd i chi ei benderfynu?
bank-explore = Beth sydd bwysicaf i chi yma? · Beth rydych heb ei ddweud eto? · Os nad oes dim yn newid, beth wedyn? · Beth yw eich rhan chi yn ei gadw fel y mae? · Beth fyddech chi'n ei wneud pe na baech yn ofalus? · Pryd nad yw'n digwydd?
bank-challenge = Beth rydych yn ei gymryd yn ganiataol? · Pwy fyddai'n dweud hyn yn wahanol, a sut? · Beth rydych yn ei gael o beidio â gweithredu? · A yw hynny'n hysbys, neu'n cael ei ofni? · Problem pwy yw hi?
bank-act = Beth yw'r peth lleiaf a fyddai'n cyfrif? · Beth fyddwch chi'n rhoi'r gorau iddo? · Pwy sydd raid ei glywed gennych chi? · Beth wnewch chi pan aiff yn anodd? · Sut byddwn ni'n gwybod?
bank-disguised = Ateb mewn cuddwisg: mae'n dechrau "ydych chi wedi meddwl am…", "oni allech chi…", "a fyddai'n helpu pe…"; mae "oherwydd" ynddo; mae dau gwestiwn ynddo; gwyddoch yr ateb rydych ei eisiau.
cards = Gadewch iddo lanio · Un cwestiwn ar y tro, pa un? · Beth sydd y tu ôl i'r cwestiwn hwnnw? · Ai i chi neu i'r cyflwynydd mae hwn? · Yn ôl at eiriau'r cyflwynydd · Rydym yn trwsio · Beth nad ydym yn ei ofyn? · A yw hyn yn ddefnyddiol, ble rydych am fynd? · Arafwch: cyfrwch i wyth · Rwy'n sylwi… beth yw ei effaith… beth wnawn ni? · A wnawn ni oedi neu barhau? · Deng munud: aros, symud, neu gau?

## Y dudalen sy'n gwirio porwr

selftest-title = A fydd yn gweithio yma?
selftest-about = Mae'r dudalen hon yn rhoi cynnig, yn y porwr hwn ac ar y rhwydwaith hwn, ar bopeth y mae ar set ei angen. Nid anfonir dim at neb, ac ni chedwir dim.
selftest-checking = Yn gwirio…
selftest-results = Canlyniadau
selftest-steps = Pob cam o'r gwiriad cloi
selftest-home = I'r dudalen gyntaf
selftest-line = { $mark }: { $text }
selftest-mark-good = Da
selftest-mark-part = Yn rhannol
selftest-mark-bad = Ddim yma
selftest-secure-good = Mae hon yn dudalen ddiogel, felly gall y porwr gloi'r hyn a deipiwch.
selftest-secure-bad = Nid yw'r dudalen hon yn ddiogel (https), felly ni wnaiff y porwr gloi'r hyn a deipiwch.
selftest-locking-good = Mae cloi ac agor yn dod allan yn gywir ym mhob un o'r { $count } gwiriad cyhoeddedig.
selftest-locking-bad = Mae { $wrong } o'r { $count } gwiriad cloi cyhoeddedig yn dod allan yn anghywir. Peidiwch â defnyddio'r porwr hwn.
selftest-storage-good = Gall y porwr gofio eich lle, felly mae ail-lwytho'n mynd â chi'n syth yn ôl.
selftest-storage-part = Nid yw'r porwr yn gadael i'r dudalen hon gofio dim. Ar ôl ail-lwytho rhaid i'ch hwylusydd eich derbyn eto.
selftest-socket-good = Mae cysylltiad byw â'r gwasanaeth hwn yn agor, ac yn cario.
selftest-socket-refused = Nid yw cysylltiad byw (WebSocket) â'r gwasanaeth hwn yn agor, ac ni all Setroom wneud hebddo. Mae rhywbeth ar y rhwydwaith hwn yn y ffordd: rhowch gynnig ar rwydwaith arall, neu gofynnwch i bwy bynnag sy'n gofalu am yr un hwn.
selftest-socket-silent = Ni ddaw ateb ar gysylltiad byw (WebSocket) â'r gwasanaeth hwn, ac ni all Setroom wneud hebddo. Mae rhywbeth ar y rhwydwaith hwn yn y ffordd: rhowch gynnig ar rwydwaith arall, neu gofynnwch i bwy bynnag sy'n gofalu am yr un hwn.
selftest-unfinished = Ni orffennodd y gwiriad hwn ({ $name }).
selftest-step-good = { $name }: cywir
selftest-step-bad = { $name }: { $got }, nid { $want }
selftest-done-good = Bydd Setroom yn gweithio yma.
selftest-done-part = Bydd Setroom yn gweithio yma, gyda chyfyngiad y mae'r rhestr yn ei enwi.
selftest-done-bad = Ni fydd Setroom yn gweithio yma. Mae'r rhestr yn dweud pam.
