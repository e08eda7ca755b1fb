"""Which replies say thanks and nothing else: rather too few than too many."""

import time

import pytest

from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.mail.thanks import REACTION, is_only_thanks, says_only_thanks
from tests.mail.corpora import listed, need_corpora

pytestmark = pytest.mark.databases("sqlite")  # words only
NAMES = "John Smith john@client.example"

THANKS = [
    "Thanks!",
    "Thank you.",
    "Thx",
    "Thanks a lot!",
    "Many thanks",
    "ok thanks",
    "Great, thanks!",
    "Perfect. Thank you very much!",
    "Thanks John",
    "Hi Ann,\n\nthanks a lot, it works now.\n\nBest regards\nJohn Smith\nCEO",
    "Thank you for your quick help!",
    "Thanks, works like a charm 👍",
    "Cheers mate",
    "thanks it works now",
    "Thank you and best regards",
    "Danke!",
    "Vielen Dank",
    "Vielen herzlichen Dank",
    ("Hallo Herr Müller,\n\nvielen Dank für die schnelle Hilfe.\n\nMit freundlichen Grüßen\nMaria Huber"),
    "Danke, funktioniert wieder.",
    "Super, danke!",
    "Danke, passt.\nLG Anna",
    "Alles klar, danke schön",
    "Merci",
    "Merci beaucoup !",
    "Bonjour,\n\nMerci beaucoup pour votre aide.\n\nCordialement\nJean Dupont",
    "Gracias",
    "Muchas gracias por la ayuda.",
    "Muchas gracias, ya funciona perfectamente.",
    "Grazie mille!",
    "Grazie, ora funziona.\n\nCordiali saluti\nMario Rossi",
    "Bedankt!",
    "Dank je wel, het werkt weer.",
    "Hartelijk dank voor de snelle hulp.\n\nMet vriendelijke groet,\nJan",
    "Obrigado!",
    "Muito obrigada pela ajuda",
    "Dziękuję",
    "Dziękuję bardzo za pomoc. Wszystko działa.\n\nPozdrawiam\nJan Kowalski",
    "Tack så mycket!",
    "Tusen takk",
    "Mange tak for hjælpen",
    "Děkuji",
    "Kiitos",
    "Спасибо",
    "Thanks!\n\nOn Mon, 3 May 2024 at 10:00, Support <s@x.example> wrote:\n> Is it solved? It fails\n",
    "Thanks\n\n-- \nJohn\n+43 1 234",
    "Thank you so much for everything, you are the best!",
    "Thanks. Have a nice weekend!",
    "You can close the ticket, thanks.",
    "Thanks, the problem is solved.",
    "Appreciate it!",
    "Danke Lisa!",
    "Thanks\nJohn",
    "Thanks 🙏🙏",
    (
        "Hi,\n"
        "\n"
        "Thank you.\n"
        "\n"
        "Kind regards,\n"
        "\n"
        "John Smith\n"
        "Head of IT\n"
        "Client Ltd\n"
        "Tel +43 1 2345678\n"
        "www.client.example"
    ),
    "THANKS",
    "Ok, danke für die Rückmeldung.",
    "Danke dir!",
    "Besten Dank für Ihre Unterstützung und schönes Wochenende!",
    "Thanks, all good now.",
    "Sehr geehrter Herr Huber,\n\nherzlichen Dank!\n\nMfG\nK. Bauer",
    "Hallo,\n\nsuper, hat geklappt, vielen Dank!\n\nlg",
    "Ok, merci",
    "Perfect, thx :-)",
    "Thank you all!",
    "Lieben Dank und schönen Feierabend!",
    "Buongiorno,\n\nperfetto, grazie mille.\n\nCordiali saluti",
    "Olá,\n\nobrigado pela ajuda.\n\nAbraço",
    "Hoi,\n\nsuper bedankt!\n\nGroetjes",
    "Cześć,\n\ndzięki, działa.\n\nPozdrawiam",
    "Hola,\n\nperfecto, muchas gracias por todo.\n\nUn saludo",
    "Danke für die rasche Erledigung!",
    "Thank you for your patience and support.",
    "Tack, det fungerar nu!",
    "👍",
    "👍🏻👍🏻",
    "❤️",
    "Super 👍\n\nLG\nJohn",
]
NO_THANKS = [
    "",
    "Thanks, but it still fails",
    "Thanks in advance",
    "Thanks for nothing",
    "Thank you, when will it be done?",
    "Thanks. It does not work",
    "thanks, one more question",
    "No thanks",
    "Thanks, same problem again",
    "Thanks, please reopen",
    "Danke, geht aber noch immer nicht",
    "Danke im Voraus",
    "Vielen Dank vorab!",
    "Danke, funktioniert leider nicht",
    "Danke, noch eine Frage: wie",
    "Danke. Können Sie das auch bei Maria machen",
    "Merci d'avance",
    "Merci, mais ça ne marche plus",
    "Merci de me rappeler",
    "Gracias, pero no funciona",
    "Gracias de antemano",
    "Grazie ma non funziona",
    "Grazie in anticipo",
    "Bedankt, maar het werkt niet",
    "Alvast bedankt",
    "Obrigado, mas não funciona",
    "Dziękuję, ale nie działa",
    "Z góry dziękuję",
    "Tack på förhand",
    "works now",
    "ok",
    "Perfect",
    "Thanks, call me at 123",
    "Thanks?",
    "Thanks\n\nRegards\nJohn\nPS it is broken again",
    "Thanks for the update, I will test tomorrow",
    "Thanks, and can you do the other one too",
    "Thanks. The printer on floor 2 is down.",
    "Thank you for the invoice 4711",
    "Thanks\n\n> old\nIt still fails here\n> older",
    "Thanks. See attached",
    "Please help. Thanks",
    "Printer broken. Thanks!",
    "Danke, bitte noch den Zugang für Eva anlegen",
    "Thanks - except for the second laptop",
    "Thanks, I will get back to you",
    "thanks for fixing the one but the other is broken",
    "Thanks, this is not what I asked",
    "Thanks, it was working",
    "Thanks it works sometimes",
    "Danke, jetzt geht es bei mir, bei Karl nicht",
    "Thanks, problem again",
    "Danke, Problem besteht weiterhin",
    "Many thanks for calling me back on Monday",
    "Thanks. How",
    "Merci de fermer le compte de Paul",
    "Could you check it, thanks",
    "thanks " * 200,
    "Thank you for contacting us. Your request was received.",
    "Thanks! 2. new mouse",
    "Thanks,\nbut no",
    "I need it today. Thanks and regards\nJohn",
    "Danke, hat nicht geklappt",
    "Danke, das geht so nicht",
    "Thanks, not fixed",
    "Dank u, kunt u bellen",
    "Thanks Printer Not Working",
    "Thanks, only now Outlook is gone",
    "Danke, aber",
    "Danke, es geht wieder nicht",
    "Merci, toujours pas",
    "Gracias, sigue igual",
    "Grazie, ancora no",
    "Bedankt, nog niet",
    "Thank you. Please also add Maria",
    "Thanks for the offer, go ahead",
    "Yes please, thanks",
    "Ok. Do it. Thanks",
    "Thanks a lot @Karl",
    "Thanks: http://client.example/x",
    "Thanks 4711",
    "Danke <b>",
    "Vielen Dank für Ihr Angebot, wir nehmen es an",
    "Danke, bitte wieder öffnen",
    "Ich danke für nichts",
    "Thanks, that fixed mine. Bob's is broken",
    "Thank you\n\nRegards\nJohn\n\nCould you also look at the scanner",
    "Nein danke",
    "Non merci",
    "No gracias",
    "No grazie",
    "Nee bedankt",
    "Não obrigado",
    "Nie, dziękuję",
    "Nej tack",
    "We appreciate it if you hurry",
    "Danke :(",
    "Thanks 👎",
    "Danke 😡",
    "👎",
    "👍 but the scanner is dead",
    "🖨️🔥",
]


@pytest.mark.parametrize("text", THANKS)
def test_mere_thanks_are_known(text):
    assert is_only_thanks(text, NAMES) is True


@pytest.mark.parametrize("text", NO_THANKS)
def test_whoever_says_more_is_heard(text):
    assert is_only_thanks(text, NAMES) is False


def test_files_say_more_and_a_small_picture_is_a_logo():
    def said(*files):
        return says_only_thanks(plain_message("Thanks!", files=files))

    logo, shot = (Part("image/png", b"x" * size, PartRole.INLINE) for size in (2_000, 200_000))
    assert (said(), said(logo), said(shot)) == (True, True, False)
    assert said(Part("application/pdf", b"x", PartRole.FILE)) is False
    assert says_only_thanks(Message()) is False


REACTED = "{}\n\nAnn reacted via Gmail\n<https://mail.example/about?utm_source=x>\n\n> Fixed.\n"


@pytest.mark.parametrize(
    ("sign", "text", "is_thanks"),
    [
        ('{"emoji": "👍", "version": 1}', REACTED.format("👍"), True),
        ('{"emoji": "👎", "version": 1}', REACTED.format("👎"), False),
        ('{"emoji": "👍"}', "👍\nBut the printer burns\nand the one beside it\nHelp!\n", False),
        ('{"emoji": ["👍"]}', REACTED.format("👍"), False),
        ("no JSON", REACTED.format("👍"), False),
    ],
)
def test_a_sign_that_gmail_sends_for_a_mail_is_thanks_when_it_is_a_friendly_one(sign, text, is_thanks):
    reaction = Part(REACTION, sign.encode(), PartRole.FILE, charset="utf-8")
    assert says_only_thanks(plain_message(text, files=(reaction,))) is is_thanks


@pytest.mark.parametrize(
    "text", ["ok " * 130, "thanks " * 57, "Thanks " + "great " * 60, "hi " * 130, "a " * 200, "Thanks\n" * 57]
)
def test_a_text_made_to_hang_does_not(text):
    begin = time.process_time()
    is_only_thanks(text, NAMES)
    assert time.process_time() - begin < 1


def test_of_real_replies_only_mere_thanks_are_taken():
    need_corpora()
    found = {
        f"{name}/{path.name}"
        for name, kind, path in listed()
        if kind == "body" and is_only_thanks(path.read_bytes().decode("utf-8", "replace"))
    }
    assert found == {
        "discourse-trimmer/embedded_email_10.txt",
        "discourse-trimmer/embedded_email_french_2.txt",
        "discourse-trimmer/embedded_email_norwegian.txt",
        "crisp/email_custom_quote_header.txt",
        "crisp/email_customer_quote_header_2.txt",
        "crisp/email_emoji.txt",
        "crisp/email_tricky_11_double_signature.txt",
    }
