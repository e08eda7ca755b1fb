"""How people say thanks, and what they say beside it, in the languages of our customers.

Nothing here may ask for anything or say that something is wrong: no “in advance”, no negation, no “still”.
"""

import re
from typing import Final


class Phrases:
    """Patterns, one a line, each followed by a blank; a line that begins with a bar goes on with the one above."""

    def __init__(self, text: str) -> None:
        joined = re.sub(r"\n\s*\|", "|", text)
        self._patterns = [re.compile(f"(?:{line.strip()}) ") for line in joined.splitlines() if line.strip()]

    def ends(self, text: str, at: int) -> set[int]:
        """Where the phrases end that begin at a place of the text."""
        return {found.end() for pattern in self._patterns if (found := pattern.match(text, at))}


THANKS: Final = Phrases(
    """
    (?:many |much |big |lots of )?(?:thanks|thank you|thank u|thankyou|thx|thanx|tnx|tks|ty|cheers)
    (?:very |much |greatly |really )?appreciated
    (?:i |we )?(?:really |greatly )?appreciate (?:it|this|that|your help|the help)
    many many thanks
    (?:vielen |herzlichen |besten |lieben |schönen |tausend |recht )*(?:dank|danke|dankeschön|dankschön
    |merci)
    (?:vielen )?(?:herzlichen )?dank (?:dir|ihnen|euch|an alle)
    (?:danke schön|danke sehr|ich danke|wir danken|ich bedanke mich|bedanke mich|wir bedanken uns
    |super danke)
    merci (?:beaucoup|bien|infiniment|mille fois|à vous|à tous|encore)
    (?:mille |grand |un grand )?(?:merci|mercis)
    je vous remercie|nous vous remercions
    (?:muchas |muchísimas |mil |un millón de )?gracias
    muy agradecido|muy agradecida|te lo agradezco|se lo agradezco
    (?:grazie|grazie mille|molte grazie|tante grazie|mille grazie|grazie tante|ringrazio|la ringrazio
    |vi ringrazio|ti ringrazio)
    (?:hartelijk |heel erg |erg |super )?(?:bedankt|dank|dank je|dank u|dank jullie|dankjewel|dank je wel
    |dank u wel)
    (?:muito |muitíssimo )?(?:obrigado|obrigada|obrigados|agradecido|agradecida)
    obrigadão|agradeço
    (?:bardzo |serdecznie |wielkie )?(?:dziękuję|dziekuje|dziękujemy|dzięki|dzieki|dziękuje)
    (?:tack|tack så mycket|stort tack|tusen tack|mange tak|tak|tusind tak|tak for det|takk|tusen takk
    |mange takk)
    (?:děkuji|děkuju|děkujeme|díky|dík|moc děkuji|mockrát děkuji|ďakujem|köszönöm|köszönjük|kiitos
    |kiitos paljon|hvala|hvala lijepa|mulțumesc|teşekkürler|teşekkür ederim|спасибо|большое спасибо
    |спасибо большое|дякую)
    """
)
"""What makes it thanks."""

_HELP = (
    "(?:help|support|assistance|reply|response|answer|info|information|update|effort|efforts|work|service|time"
    "|patience"
    "|feedback|confirmation|solution|fix|explanation|turnaround|action|follow up|attention|advice)"
)
_HILFE = (
    "(?:hilfe|unterstützung|antwort|rückmeldung|info|information|bemühungen|mühe|bearbeitung|erledigung"
    "|lösung|nachricht"
    "|auskunft|erklärung|geduld|arbeit|reaktion|behebung|umsetzung|update|support|einsatz|feedback)"
)
AFTER: Final = Phrases(
    f"""
    a lot|a million|a bunch|a ton|so much|very much|very very much|once again|again|everyone|everybody|all
    team|guys|folks|both|mate|sir|madam
    you all|to you all|to all of you|to the team
    (?:for|for all) (?:your|the|all the|all your|this|that|such a|a)? ?(?:very |super |really )?(?:quick
    |prompt|fast|great|kind|swift|excellent|speedy|rapid|good|amazing|awesome|immediate)? ?(?:and (?:quick
    |prompt|fast|great|kind|friendly|competent) )?{_HELP}(?: and (?:your |the )?{_HELP})?
    for (?:helping|helping me|helping us|fixing it|fixing this|fixing that|sorting it|sorting it out
    |sorting this out|taking care of it|taking care of this|taking care|everything|getting back to me
    |letting me know|it|this|that|being so quick|the heads up)
    (?:nochmal|nochmals|noch einmal|vielmals|sehr|schön|recht herzlich|herzlich|euch|ihnen|dir|allen|dafür
    |euch allen|auch|an alle|an das team|ans team|team|leute)
    (?:und )?(?:ganz )?(?:für|fürs|für die|für ihre|für eure|für deine|für den|für das|für diese
    |für die tolle|für ihren|für deinen) ?(?:sehr )?(?:schnelle|rasche|prompte|tolle|gute|super|kompetente
    |freundliche|umgehende|schnellen|raschen|tollen|großartige)? ?(?:und (?:schnelle|kompetente|freundliche
    |gute|unkomplizierte) )?{_HILFE}(?: und (?:die |ihre |eure )?{_HILFE})?
    fürs (?:helfen|kümmern|schnelle helfen|erledigen|rückmelden|beheben)|für alles
    beaucoup|bien|infiniment|encore|à vous|à tous|à toute l'équipe|vivement|sincèrement
    pour (?:votre|ton|ta|la|l'|le|cette|vos) ?(?:aide|réponse|retour|soutien|réactivité|rapidité
    |intervention|assistance|support|solution|efficacité|travail|patience|information)(?: rapide
    | précieuse)?(?: et (?:votre|la) (?:aide|réactivité|rapidité|efficacité))?
    pour tout|de votre aide|de votre réponse|de ton aide|pour l'aide|pour l'intervention
    por (?:todo|la ayuda|tu ayuda|su ayuda|la respuesta|su respuesta|tu respuesta|la rapidez
    |la pronta respuesta|su apoyo|el apoyo|la información|la gestión)
    de nuevo|otra vez|equipo|a todos
    (?:mille|molte|tante|ancora|a tutti|di cuore|infinite)
    per (?:l'aiuto|tutto|la risposta|il supporto|la rapidità|la disponibilità|il vostro aiuto
    |la collaborazione|il tuo aiuto|la pronta risposta|l'assistenza)
    di tutto|dell'aiuto
    voor (?:je|de|uw|jullie|alle|het) ?(?:snelle |goede )?(?:hulp|reactie|antwoord|ondersteuning|moeite
    |oplossing|oplossen|service|support)
    voor alles|wel|je wel|u wel|jullie wel|je|u|allemaal|zeer|hartelijk|nogmaals
    (?:pela|por|pelo) (?:ajuda|sua ajuda|tudo|resposta|rápida resposta|apoio|suporte|retorno|atenção)
    a todos|mais uma vez|novamente|mesmo
    (?:bardzo|serdecznie|wszystkim|jeszcze raz|raz jeszcze)
    za (?:pomoc|szybką pomoc|wsparcie|odpowiedź|informację|wszystko|szybką odpowiedź|szybką reakcję)
    så mycket|för hjälpen|for hjelpen|for hjælpen|för all hjälp|for hjelp|moc|mockrát|za pomoc
    za rychlou pomoc
    """
)
"""What may follow thanks."""

_NOW = (
    "(?: now| again| perfectly| fine| great| well| for me| for us| as expected| as it should| like a charm"
    "| smoothly)*"
)
PLEASANT: Final = Phrases(
    f"""
    (?:it |that |this |everything |all )?(?:is |'s |has )?(?:works|working|worked|solved|fixed|resolved
    |sorted){_NOW}
    (?:it's|that's|everything's|all's) (?:working|solved|fixed|resolved|sorted|good|fine|perfect
    |great){_NOW}
    (?:it|that|this|everything|all|all is|everything is|that is|it is|this is)? ?(?:good|fine|perfect|great
    |ok|okay)(?: now| again)?
    (?:that |this |it )?(?:did the trick|solved it|fixed it|helped|helped a lot|solved the problem
    |fixed the problem|fixed the issue|solved the issue|worked like a charm)
    (?:the |my |our )?(?:problem|issue|case|ticket|request) (?:is|has been|was|is now) (?:solved|fixed
    |resolved|sorted|closed)(?: now)?
    (?:you can |you may |please |feel free to |we can )(?:now )?close (?:it|this|the ticket|this ticket
    |the case|the request|this case)(?: now)?
    (?:the |this )?(?:ticket|case|request) can be closed(?: now)?
    all (?:good|set|fine|done|clear|sorted)(?: now)?
    perfect|great|awesome|excellent|brilliant|super|cool|nice|wonderful|fantastic|amazing|lovely|splendid
    top|yes|ok|okay|okey|alright|sure|wow|yay|indeed|absolutely
    great (?:job|work|news|stuff|service|support|help)|nice (?:one|work)|well done|good (?:job|work)
    excellent (?:service|support|work)|fast (?:service|work)
    got it|understood|noted|received|received it
    you (?:are|'re) (?:the best|a star|a lifesaver|great|awesome|amazing|a hero)
    you guys are (?:the best|great|awesome)|you rock|you're the best
    (?:have|enjoy) (?:a |your )?(?:nice|great|good|lovely|wonderful|pleasant)? ?(?:day|weekend|evening
    |afternoon|week|one|rest of the day)(?: ahead| too)?
    i wish you a (?:nice|good|great) (?:day|weekend|evening)|same to you|you too
    (?:es |das |alles |jetzt |nun |hat )?(?:funktioniert|klappt|läuft|geht|passt|geklappt)(?: jetzt| nun
    | wieder| alles| wunderbar| prima| perfekt| super| bestens| einwandfrei| es| gut)*
    (?:jetzt|nun) (?:geht|funktioniert|klappt|läuft|passt)(?: es| alles| wieder| das)*
    (?:hat |das hat |es hat )(?:geklappt|funktioniert|geholfen)(?: danke)?
    (?:alles|das|es|problem|das problem|thema|ticket)(?: ist| hat sich)?(?: jetzt| nun| damit)? (?:gut|klar
    |bestens|ok|okay|erledigt|gelöst|behoben|super|perfekt|wunderbar|in ordnung|in ordnung so)
    (?:das |dieses )?ticket (?:kann|darf) (?:jetzt |somit |gerne )?geschlossen werden
    (?:perfekt|prima|toll|klasse|spitze|wunderbar|sehr gut|gut|bestens|ausgezeichnet|genial|hervorragend
    |passt|passt so|erledigt|alles klar|alles bestens|verstanden|okidoki|ja|gern|gerne|sehr nett|freut mich
    |top arbeit|sehr schnell|ging ja schnell|das ging schnell|ihr seid spitze|ihr seid super
    |ihr seid die besten)
    (?:schönen|schönes|schöne|einen schönen|ein schönes|eine schöne|guten|noch einen schönen
    |wünsche einen schönen|ich wünsche ihnen einen schönen) (?:tag|abend|wochenende|woche|feierabend
    |nachmittag|restwoche|feiertage)(?: noch)?
    ebenso|gleichfalls
    (?:c'est |tout |ça |cela )?(?:parfait|super|génial|excellent|top|nickel|impeccable|résolu|réglé|bon|ok
    |noté|d'accord|est en ordre)
    (?:ça|tout|cela) (?:marche|fonctionne)(?: bien| très bien| maintenant| de nouveau| à nouveau
    | parfaitement)*
    le problème est (?:résolu|réglé)|c'est (?:tout bon|réglé|résolu|noté)
    bonne (?:journée|soirée|semaine|fin de journée)|bon (?:week end|weekend|après midi)|bien reçu
    (?:perfecto|genial|excelente|estupendo|solucionado|resuelto|vale|de acuerdo|recibido|todo bien
    |todo perfecto|todo correcto|listo)
    (?:ya |ahora |todo |ahora ya )*(?:funciona)(?: bien| perfectamente| correctamente| todo)*
    (?:ya )?está (?:solucionado|resuelto|arreglado)|el problema está (?:resuelto|solucionado)
    (?:que tengas? |que tenga |que tengan )?(?:un )?(?:buen|buena|feliz) (?:día|tarde|fin de semana|semana
    |finde)
    (?:perfetto|ottimo|benissimo|eccellente|fantastico|risolto|va bene|tutto ok|tutto bene|tutto a posto
    |d'accordo|ricevuto|bene|molto bene|gentilissimo|gentilissimi|gentilissima)
    (?:ora |adesso |tutto |ora tutto )?funziona(?: tutto| bene| perfettamente| di nuovo)*|problema risolto
    il problema è risolto|buona (?:giornata|serata|settimana)
    buon (?:lavoro|weekend|pomeriggio|fine settimana)
    (?:perfect|prima|top|geweldig|super|fijn|mooi|helemaal goed|goed|opgelost|helder|duidelijk|akkoord
    |is goed|ok)
    (?:het |alles )?werkt(?: nu| weer| prima| goed| perfect| het| alles)*|het is opgelost|probleem opgelost
    het probleem is opgelost|fijne (?:dag|avond|week)(?: nog)?|fijn weekend|prettig weekend|prettige dag
    een fijne dag
    (?:perfeito|ótimo|excelente|resolvido|certo|beleza|tudo certo|tudo ok|tudo bem|maravilha|show|recebido
    |entendido)
    (?:agora |já |está |tudo )*(?:funciona|funcionando|funcionou)(?: bem| perfeitamente| tudo| agora)*
    problema resolvido|já está resolvido
    (?:um |uma |tenha um |tenha uma )?(?:bom|boa|ótimo|ótima) (?:dia|tarde|noite|semana|fim de semana
    |trabalho)
    (?:super|świetnie|doskonale|rewelacja|ok|wszystko ok|wszystko w porządku|w porządku|rozwiązane
    |załatwione|przyjęte|potwierdzam|pięknie|ekstra)
    (?:już |teraz |wszystko |już wszystko )?działa(?: już| teraz| wszystko| dobrze| poprawnie| świetnie)*
    problem (?:rozwiązany|został rozwiązany)|miłego (?:dnia|weekendu|wieczoru)|udanego (?:dnia|weekendu)
    dobrego dnia
    (?:perfekt|toppen|jättebra|bra|kanon|supert|flott|fint|dejligt|klart)
    (?:det |nu |nå )*(?:fungerar|fungerer|virker)(?: nu| nå| igen| fint| bra| perfekt| det| igjen)*
    ha en (?:bra|fin|god) dag|ha det bra|funguje|super funguje|hezký den|pěkný den
    """
)
"""What goes along with thanks and changes nothing."""

GREETINGS: Final = Phrases(
    """
    hi|hello|hey|dear|hi there|hi all|hello all|hi team|hello team|dear team|dear all|dear support
    dear support team|hi support|good (?:morning|day|afternoon|evening)|dear (?:mr|mrs|ms)
    hallo|servus|grüß gott|grüezi|grüss gott|moin|moin moin|guten (?:tag|morgen|abend)|hallo zusammen
    hallo team|liebes team|lieber|liebe|sehr geehrter|sehr geehrte|sehr geehrter herr|sehr geehrte frau
    sehr geehrte damen und herren|hallo herr|hallo frau|lieber herr|liebe frau|guten tag herr|guten tag frau
    liebes support team|hi zusammen
    bonjour|bonsoir|salut|cher|chère|bonjour à tous|bonjour madame|bonjour monsieur|madame|monsieur
    hola|buenos días|buenas tardes|buenas|buenas noches|estimado|estimada|hola a todos|hola equipo
    ciao|buongiorno|salve|buonasera|gentile|egregio|buongiorno a tutti|buon giorno
    beste|geachte|goedemorgen|goedemiddag|goedendag|dag|hoi|hallo allemaal|goedenavond
    olá|oi|bom dia|boa tarde|boa noite|prezado|prezada|prezados|caro|cara|caros
    dzień dobry|cześć|witam|hej|szanowni państwo|szanowny panie|szanowna pani|panie|pani|dobry wieczór|witaj
    hej|hejsan|god dag|hei|kära|kære|dobrý den|ahoj|здравствуйте|добрый день|привет
    """
)
"""What stands at the beginning, a name behind it."""

CLOSINGS: Final = Phrases(
    """
    (?:with )?(?:best|kind|kindest|warm|warmest|many|my best|best kind)? ?(?:regards|wishes|greetings)
    regards|best|all the best|sincerely|yours sincerely|sincerely yours|yours|yours truly|yours faithfully
    br|kr|rgds|take care|cheers|see you|bye|best regards and thanks|with thanks
    (?:mit )?(?:den )?(?:freundlichen|freundlichem|freundliche|beste|besten|liebe|lieben|schöne|schönen
    |herzliche|herzlichen|viele|vielen)? ?(?:grüße|grüßen|grüsse|grüssen|gruß|gruss|gruessen
    |gruesse)(?: aus wien| aus graz)?
    lg|mfg|vg|bg|glg|beste|hochachtungsvoll|ihr|ihre|euer|eure|tschüss|servus|bis bald
    (?:bien )?(?:cordialement|sincèrement|amicalement)|(?:meilleures |sincères )?salutations|bien à vous|cdt
    cdlt|à bientôt|meilleures salutations|bien à toi
    (?:un )?(?:cordial )?(?:saludo|saludos)(?: cordiales)?|atentamente|un abrazo|saludos cordiales|atte
    (?:cordiali |distinti |cari )?saluti|cordialmente|un saluto|a presto|buona giornata
    (?:met )?(?:vriendelijke|hartelijke|beste|veel) ?(?:groet|groeten)|groeten|groet|groetjes|mvg
    hartelijke groet
    (?:atenciosamente|att|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abraço|abraços
    |um abraço|cordialmente|grato|grata)
    (?:z poważaniem|pozdrawiam|pozdrowienia|serdecznie pozdrawiam|pozdrawiam serdecznie|pozdr)
    (?:med )?(?:vänliga|vänlig|bästa|venlig|vennlig|bedste|beste) ?(?:hälsningar|hälsning|hilsen|hilsner)
    hälsningar|mvh|vh|hilsen|s pozdravem|с уважением
    """
)
"""What stands above the name at the end."""
