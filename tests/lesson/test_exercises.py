"""Every exercise with its blank, its printed solution, and wrong answers."""

from __future__ import annotations

import _thread
import ast
import json
import re
import signal
import threading
from collections.abc import Iterator
from functools import partial
from html import escape
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from IPython.core.inputtransformer2 import TransformerManager

from demo_app.lesson import Exercise
from demo_app.lesson.checks import (
    domain,
    expires,
    genid,
    httponly,
    max_age,
    name,
    partitioned,
    path,
    priority,
    proxy,
    resave,
    rolling,
    samesite,
    save_uninitialized,
    secret,
    secure,
    start,
    store,
    together,
    unset,
)
from demo_app.lesson.mistakes import SET_UP

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

#: The beginning of an app; what follows tells it of its proxies.
SHOP = """from werkzeug.middleware.proxy_fix import ProxyFix
def f():
 cookie = CookieOptions(secure=True, path='/shop')
 app = create_app(SessionOptions(secret='s', cookie=cookie))"""

#: For each exercise: wrong answers, the verdict each gets, and what it is told.
WRONG = {
    (start, "second_visitor"): [
        ("def f(url): return requests.get('{url}/api/visits').json()['visits']", "raised", "if an f stands before the quotes"),
        ("def f(url): return requests.get(f'{url}/api').json()['visits']", "raised", "What came back is no JSON: look at its address"),
        ("def f(url): return requests.get(f'{url}/api/visits')", "wrong", "the whole response"),
        ("def f(url):\n c = requests.Session(); c.get(f'{url}/api/visits')\n return c.get(f'{url}/api/visits').json()['visits']",
         "wrong", "returned 2. It sent its cookie back"),
        ("def f(url): return requests.get(f'{url}/api/visits').json()", "wrong", "returned {'visits': 1}. The server counted 1"),
        ("def f(url): return requests.get(f'{url}/api/peek').json()['visits']", "wrong", "returned 0. But it asked /api/peek"),
        ("def f(url): return requests.get(f'{url}/visits').json()['visits']", "raised", "JSONDecodeError"),
        ("def f(url): return 1", "wrong", "nobody has asked the check's server: its address is the parameter url"),
        ("f = 1", "wrong", "takes the function itself, and got 1"),
        # The lesson's own client holds a ticket, and its server is another one than the check's.
        ("client = requests.Session(); client.cookies.set('connect.sid', 's:abc.def')\n"
         "def f(url): return client.get(f'{url}/api/visits').json()['visits']", "wrong", "carried a cookie, connect.sid"),
        ("c = requests.Session()\ndef f(url): return c.get(f'{url}/api/visits').json()['visits']", "wrong", "carried a cookie, connect.sid"),
        ("server = serve(SessionOptions(secret='s'))\ndef f(url): return requests.get(f'{server.url}/api/visits').json()['visits']",
         "wrong", "returned 1. But nobody has asked the check's server"),
        ("def f(url): requests.get(f'{url}/api/visits'); return 1", "wrong", "returned 1. The server counted 21"),
        ("def f(url): requests.get(f'{url}/api/visits').json()['visits']", "wrong", "returned None, as one without return does"),
        ("def f(): return 1", "wrong", "takes nothing, and is called with one value. Leave its first line as it was"),
    ],
    (name, "rename"): [
        ("def f(): return SessionOptions(secret='s')", "wrong", "'connect.sid', which is a framework's default"),
        ("def f(): return SessionOptions(name='Shop_Session', secret='s')", "wrong", "Upper and lower case count"),
        ("def f(): return SessionOptions(name='shop-session', secret='s')", "wrong", "'shop-session', and not 'shop_session'."),
        ("def f(): return SessionOptions(name='shop session', secret='s')", "raised", "OptionError: name is 'shop session'"),
        ("def f(): return 'shop_session'", "wrong", "returned 'shop_session'. It has to return SessionOptions"),
        ("def f(): SessionOptions(name='shop_session', secret='s')", "wrong", "returned None, as one without return does"),
        ("def f(): return SessionOptions(name=shop_session, secret='s')", "raised", 'in quotes: "shop_session"'),
        ("def f(): return SessionOptions(name=True, secret='s')", "raised", "name is True (bool)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(name='shop_session'))", "raised", "SessionOptions(name=…"),
        ("def f(): return SessionOptions(name='shop_session', secret='s', cookie=CookieOptions(secure=True))", "wrong",
         "No cookie was sent. It is Secure, and this request came over plain HTTP"),
        ("def f(): return SessionOptions(name='shop_session', secret='s', cookie=CookieOptions(path='/shop'))", "wrong", "has the path /shop"),
        ("f = SessionOptions(name='shop_session', secret='s')", "wrong", "takes the function itself, and got SessionOptions("),
    ],
    (name, "two_apps"): [
        ("def f(): return SessionOptions(name='shop_session', secret='s')", "wrong", "the shop answered 401"),
        ("def f(): return SessionOptions(name='shop_session', secret='cookiesaregood')", "wrong", "the shop answered 401"),
        ("def f(): return SessionOptions(name='blog', secret='s', cookie=CookieOptions(path='/blog'))", "wrong", "has the path /blog"),
        ("def f(): return SessionOptions(name='blog')", "raised", "OptionError: secret is missing"),
        ("def f(): return 'blog'", "wrong", "has to return SessionOptions"),
        ("def f(): return SessionOptions(name='blog', secret='s', cookie=CookieOptions(secure=True))", "wrong", "over plain HTTP"),
        ("def f(): return SessionOptions(name=blog, secret='s')", "raised", 'in quotes: "blog"'),
        ("def f(): SessionOptions(name='blog', secret='s')", "wrong", "as one without return does"),
        ("def f(): return SessionOptions(name='blog', secret='s', cookie=CookieOptions(max_age=0))", "wrong", "did not send its cookie"),
        ("def f(): return SessionOptions", "wrong", "returned the class SessionOptions"),
        ("def f(): return SessionOptions(name='blog', secret='s'),", "wrong", "a comma at the end of the line"),
    ],
    (secret, "is_genuine"): [
        ("def f(value, secret):\n signed = value.removeprefix('s:')\n return sign(signed.split('.')[0], secret.encode()) == signed",
         "wrong", "For a genuine value with a dot in its id the function returned False"),
        ("def f(value, secret): return True", "wrong", "For another id under the same signature the function returned True"),
        ("def f(value, secret): return False", "wrong", "For a genuine value the function returned False"),
        ("def f(value, secret): return len(value.rsplit('.', 1)[1]) == 43", "wrong", "For another id"),
        ("def f(value, secret): return sign(value, secret.encode()) == value", "wrong", "For a genuine value"),
        ("def f(value, secret): return sign('an-id', secret) == value", "raised", "TypeError"),
        # What the check once used, and what a cell above is left with.
        ("def f(value, secret): return value == 's:' + sign('an-id', b'a secret')", "wrong", "For a genuine value the function returned False"),
        ("sid = 'an-id'\ndef f(value, secret): return sign(sid, secret.encode()) == value[2:]", "wrong", "For a genuine value"),
        ("def f(value, secret): return sign(value[2:].split('.')[0], b'cookiesaregood') == value[2:]", "wrong", "For a genuine value"),
        ("def f(value, secret): return sign(value[2:].split('.')[0], secret.encode()).startswith(value[2:])", "wrong", "cut short"),
        ("def f(value, secret): return unsign(value[2:], [secret.encode()])", "wrong", "It has to return True or False"),
        ("def f(value, secret): sign(value[2:].split('.')[0], secret.encode()) == value[2:]", "wrong", "returned None. It has to return True or False"),
        ("def f(value, secret): return true", "raised", "There is no true in Python: it is written True"),
    ],
    (secret, "rotate"): [
        ('def f(store): return SessionOptions(secret="this year\'s secret", store=store)', "wrong", "old secret is no longer accepted"),
        ('def f(store): return SessionOptions(secret=["last year\'s secret", "this year\'s secret"], store=store)',
         "wrong", "not signed with this year's secret"),
        ('def f(store): return SessionOptions(secret=["this year\'s secret", "last year\'s secret"])', "wrong", "do not have the store"),
        ("def f(store): return SessionOptions(secret=[], store=store)", "raised", "empty list"),
        ("def f(store): return ['a', 'b']", "wrong", "has to return SessionOptions"),
        ('s = MemoryStore()\ndef f(store): return SessionOptions(secret=["this year\'s secret", "last year\'s secret"], store=s)',
         "wrong", "do not have the store"),
        ('def f(store): return SessionOptions(secret="this year\'s secret, last year\'s secret", store=store)', "wrong", "no longer accepted"),
        ('def f(store): return SessionOptions(name="shop", secret=["this year\'s secret", "last year\'s secret"], store=store)',
         "wrong", "called connect.sid, and the one of these options shop"),
        ('def f(store): return SessionOptions(secret=["last year\'s secret"], store=store)', "wrong", "not signed with this year's"),
        ('def f(store): SessionOptions(secret=["this year\'s secret", "last year\'s secret"], store=store)', "wrong", "without return"),
        ('def f(store): return SessionOptions(secrets=["this year\'s secret", "last year\'s secret"])', "raised", "Did you mean 'secret'"),
        ('def f(store): return SessionOptions(secret=["this year\'s secret", "last year\'s secret"], store=store, '
         'cookie=CookieOptions(secure=True))', "wrong", "It is Secure"),
    ],
    (max_age, "half_an_hour"): [
        ("from datetime import timedelta\ndef f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=timedelta(30)))",
         "wrong", "Sessions last 30 days, 0:00:00, and not 0:30:00. A timedelta counts days where no unit is named."),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=30))", "wrong", "seconds, not minutes"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=1000 * 60 * 30))", "wrong", "not milliseconds"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age='1800'))", "raised", "is '1800' (str)"),
        ("def f(): return SessionOptions(secret='s')", "wrong", "no Expires"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=timedelta(hours=30)))", "wrong", "sixty times too long"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=0))", "wrong", "shorter than a request"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=timedelta(30)))", "wrong", "last 30 days"),
        ("def f(): return SessionOptions(secret='s', max_age=1800)", "raised", "cookie=CookieOptions(max_age=…)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(maxAge=1800))", "raised", "Did you mean 'max_age'"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=timedelta(minutes=true)))", "raised", "it is written True"),
        ("from datetime import datetime, timezone\ndef f(): return SessionOptions(secret='s', "
         "cookie=CookieOptions(expires=datetime.now(timezone.utc) + timedelta(minutes=30)))", "wrong", "one date for everybody"),
        ("def f(): return CookieOptions(max_age=1800)", "wrong", "which is one part of the options"),
    ],
    (max_age, "idle_timeout"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=900))", "wrong", "carried no new date"),
        ("def f(): return SessionOptions(secret='s', rolling=True)", "wrong", "no Expires"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=15), rolling=True)", "wrong", "not minutes"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=900, rolling=True))", "raised", "SessionOptions(rolling=…"),
        ("def f(): return SessionOptions(secret='s', resave=True, cookie=CookieOptions(max_age=900))", "wrong", "no new date"),
        ("def f(): return SessionOptions(secret='s', rolling=True, cookie=CookieOptions(max_age=900, secure=True))", "wrong", "plain HTTP"),
        ("def f(): return SessionOptions(secret='s', rolling=True, cookie=CookieOptions(max_age=900_000))", "wrong", "not milliseconds"),
        ("def f(): return SessionOptions(secret='s', rolling='True', cookie=CookieOptions(max_age=900))", "raised", "rolling is 'True' (str)"),
        ("def f(): return SessionOptions(secret='s', rolling=true, cookie=CookieOptions(max_age=900))", "raised", "it is written True"),
        ("def f(): return SessionOptions(secret='s', rolling=True, max_age=900)", "raised", "cookie=CookieOptions(max_age=…)"),
        ("def f(): SessionOptions(secret='s', rolling=True, cookie=CookieOptions(max_age=900))", "wrong", "without return"),
    ],
    (secure, "both_worlds"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True))", "wrong", "no cookie was sent. It is Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=False))", "wrong", "has no Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure='Auto'))", "raised", "is 'Auto' (str)"),
        ("def f(): return SessionOptions(secret='s', proxy=True, cookie=CookieOptions(secure=True))", "wrong", "over plain HTTP"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=auto))", "raised", 'in quotes: "auto"'),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=None))", "raised", "is None (NoneType)"),
        ("def f(): return SessionOptions(secret='s', secure='auto')", "raised", "cookie=CookieOptions(secure=…)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure='auto', max_age=0))", "wrong", "its cookie did not come back"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure='auto', path='/shop'))", "wrong", "has the path /shop"),
        ("def f(): return CookieOptions(secure='auto')", "wrong", "which is one part of the options"),
    ],
    (secure, "behind_a_proxy"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True))", "wrong", "So the app believes: the proxy"),
        ("def f(): return SessionOptions(secret='s', proxy=True)", "wrong", "has no Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure='auto'))", "wrong", "has no Secure"),
        ("def f(): return SessionOptions(secret='s', proxy=True, cookie=CookieOptions(secure='auto'))", "wrong", "without Secure"),
        ("def f(): return SessionOptions(secret='s', proxy=False, cookie=CookieOptions(secure=True))", "wrong", "did not stick"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True, proxy=True))", "raised", "SessionOptions(proxy=…"),
        ("def f(): return SessionOptions(secret='s', cookie=lambda request: CookieOptions(secure=True))", "wrong", "stick: no cookie was sent."),
        ("def f(): return SessionOptions(secret='s', proxy='True', cookie=CookieOptions(secure=True))", "raised", "proxy is 'True' (str)"),
        ("def f(): return SessionOptions(secret='s', proxy=true, cookie=CookieOptions(secure=True))", "raised", "it is written True"),
        ("def f(): return SessionOptions(secret='s', proxy=True, secure=True)", "raised", "cookie=CookieOptions(secure=…)"),
        ("def f(): SessionOptions(secret='s', proxy=True, cookie=CookieOptions(secure=True))", "wrong", "without return"),
        ("def f(): return SessionOptions(secret='s', proxy=True, cookie=CookieOptions(secure=True, max_age=0))", "wrong", "did not come back"),
    ],
    (httponly, "only_the_colours"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httponly=False))", "wrong", "can read the session id"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httponly='yes'))", "raised", "is 'yes' (str)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httpOnly=True))", "raised", "Did you mean 'httponly'"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httponly=True, secure=True))", "wrong", "No cookie was sent. It is Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httponly=true))", "raised", "it is written True"),
        ("def f(): return SessionOptions(secret='s', httponly=True)", "raised", "cookie=CookieOptions(httponly=…)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httponly=None))", "raised", "is None (NoneType)"),
        ("def f(): SessionOptions(secret='s', cookie=CookieOptions(httponly=True))", "wrong", "without return"),
        ("def f(): return SessionOptions(secret='s', cookie=lambda request: CookieOptions(httponly=request.path != '/api/login'))",
         "wrong", "can read the session id"),
        ("def f(): return SessionOptions(secret='s', cookie=True)", "raised", "cookie is of type bool"),
    ],
    (httponly, "safe_entry"): [
        ("def f(entry): print(f'<li>{escape(entry)}</li>')", "wrong", "returned None, as one without return does"),
        ("def f(entry): return f'<li>{entry}</li>'", "wrong", "the page has the tag <img>"),
        ("def f(entry): return escape(entry)", "wrong", "stands between <li> and </li>"),
        ("def f(entry): return '<li>' + entry.replace('<', '') + '</li>'", "wrong", "which is not what was written"),
        ("def f(entry): return '<li>' + entry.replace('<script>', '') + '</li>'", "wrong", "the page has the tag <img>"),
        ("def f(entry): return '<li>' + entry.replace('<', '&lt;') + '</li>'", "wrong", "a visitor reads '<b>'"),
        ("def f(entry): return escape(f'<li>{entry}</li>')", "wrong", "a line stands between <li> and </li>"),
        ("def f(entry): return '<li>{escape(entry)}</li>'", "wrong", "a visitor reads '{escape(entry)}'"),
        ("def f(entry): f'<li>{escape(entry)}</li>'", "wrong", "returned None"),
        ("def f(entry): return f'<li>{escape(entry)}<li>'", "wrong", "a line stands between <li> and </li>"),
        ("def f(entry): return '<li>Nice page</li>'", "wrong", "a visitor reads 'Nice page'"),
        ("def f(entry): return f'<li>{escape}</li>'", "wrong", "the page has the tag <function>"),
        ("def f(entry): return f'<li>{escape(entri)}</li>'", "raised", "There is no entri"),
        ("def f(entry): return 'x' * 300", "wrong", "(302 characters)"),
    ],
    (resave, "calls_of_a_read"): [
        ("def f(): return ['get']", "wrong", "2 calls were made, and 1 is named"),
        ("def f(): return ['touch']", "wrong", "2 calls were made, and 1 is named"),
        ("def f(): return ['get', 'set']", "wrong", "There was no call of 'set'"),
        ("def f(): return 'get'", "wrong", "has to return a list"),
        ("def f(): return None", "wrong", "as one without return does. It has to return a list"),
        ("def f(): return ['touch', 'get']", "wrong", "in another order"),
        ("def f(): return ['get, touch']", "wrong", "is one str: each name is a str of its own"),
        ("def f(): return ['load', 'save']", "wrong", "No call of a store is named 'load'. They are get, set, touch, destroy"),
        ("def f(): return ['forget']", "wrong", "They are get, set"),
        ("def f(): return ['get()', 'touch()']", "wrong", "named 'get()'. It is written 'get'"),
        ("def f(): return ['GET', 'TOUCH']", "wrong", "It is written 'get'"),
        ("def f(): return ['get', 'touch', 'touch']", "wrong", "There were 2 calls"),
        ("def f(): return [get, touch]", "raised", 'in quotes: "get"'),
        ("def f(): return {'get', 'touch'}", "wrong", "has to return a list"),
        ("def f(): return [1, 2]", "wrong", "A name is a str, and 1 is none"),
        ("def f(): return []", "wrong", "2 calls were made, and 0 are named"),
    ],
    (resave, "add_slowly"): [
        ("def f(item, wait): wait(); session.reload(); session['cart'] = session['cart'].append(item)",
         "wrong", "The cart is None in the end, and no list. A list's append()"),
        ("def f(item, wait):\n cart = session.get('cart', [])\n wait()\n session['cart'] = cart + [item]", "wrong", "overwritten"),
        ("def f(item, wait):\n session.reload()\n cart = session.get('cart', [])\n wait()\n session['cart'] = cart + [item]", "wrong", "overwritten"),
        ("def f(item, wait):\n wait()\n session['cart'] = session['cart'] + [item]\n session.reload()", "wrong", "bread is missing. What a request puts in before"),
        ("def f(item, wait):\n session.reload(item)", "raised", "TypeError"),
        ("def f(item, wait):\n session.reload()\n session['cart'] = session.get('cart', []) + [item]", "wrong", "wait() was called 0 times"),
        ("def f(item, wait):\n wait\n session.reload()\n session['cart'] = session.get('cart', []) + [item]", "wrong", "wait() was called 0 times"),
        ("def f(item, wait):\n wait()\n session.reload()", "wrong", "The bread is missing."),
        ("def f(item, wait):\n wait()\n session.reload()\n session['cart'] = session['cart'] + [item, item]", "wrong", "bread is in it 2 times"),
        ("def f(item, wait):\n wait()\n session.reload()\n session['cart'] = session['cart'] + ['bread']", "wrong", "The tea is missing"),
        ("def f(item, wait):\n wait()\n session.reload()\n session['cart'] = ['milk', 'milk', 'bread']", "wrong", "The tea is missing"),
        ("def f(item, wait):\n wait()\n session.reload()\n session['cart'] = [item]", "wrong", "The cart holds: bread."),
        ("def f(item, wait):\n wait()\n wait()\n session.reload()\n session['cart'] = session['cart'] + [item]", "wrong", "called 2 times"),
        ("def f(item, wait):\n wait()\n session.reload\n session['cart'] = session.get('cart', []) + [item]", "wrong", "overwritten"),
        ("def f(item, wait):\n wait()\n session.reload()\n session['cart'] = session['cart'] + [bread]", "raised", 'in quotes: "bread"'),
    ],
    (save_uninitialized, "agree"): [
        ("def f(): return session.get('agreed')", "wrong", "nothing was in the session"),
        ("def f(): pass", "wrong", "nothing was in the session"),
        ("def f(): return SessionOptions(secret='s', save_uninitialized=True)", "wrong", "nothing was in the session"),
        ("def f(): return True", "wrong", "nothing was in the session"),
        ("def f(): return session['agreed']", "raised", "KeyError: 'agreed'"),
        ("def f(): session['agreed'] == True", "raised", "KeyError: 'agreed'"),
        ("def f(): session['agreed'] = true", "raised", "it is written True"),
        ("def f(): session[agreed] = True", "raised", 'in quotes: "agreed"'),
        ("def f(): session.save_uninitialized = True", "wrong", "nothing was in the session"),
        ("def f(): session.modified = True", "wrong", "nothing in the session says so"),
        ("def f(): session.regenerate()", "wrong", "nothing in the session says so"),
        ("def f(): session['agreed'] = False", "wrong", "nothing in the session says so"),
        ("def f(): session['agreed'] = {1, 2}", "wrong", "cannot be tried out. SessionDataError: session['agreed']"),
    ],
    (save_uninitialized, "show_cart"): [
        ("def f():\n session.save()\n return session.get('cart', [])", "wrong", "something was put into it"),
        ("def f(): return session.setdefault('cart', [])", "wrong", "something was put into it"),
        ("def f(): return session['cart']", "raised", "KeyError"),
        ("def f(): return session.get('cart')", "wrong", "returned None, as one without return does. The cart held []"),
        ("def f(): return []", "wrong", "returned []. The cart held ['tea']"),
        # It shows each cart, and empties it.
        ("def f(): return session.pop('cart', [])", "wrong", "the session was written to the store"),
        ("def f(): return session.get('cart', []) if 'cart' not in session else ['tea']", "wrong", "The cart held ['tea', 'bread']"),
        ("def f():\n session['cart'] = session.get('cart', [])\n return session['cart']", "wrong", "something was put into it"),
        ("def f():\n session['looks'] = session.get('looks', 0) + 1\n return session.get('cart', [])", "wrong", "something was put into it"),
        ("def f(): session.get('cart', [])", "wrong", "as one without return does"),
        ("def f(): return session.get(cart, [])", "raised", 'in quotes: "cart"'),
        ("def f(): return session.get['cart']", "raised", "TypeError"),
        ("def f(): return dict(session)", "wrong", "returned {}. The cart held []"),
    ],
    (together, "this_header"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True, samesite='Strict'))", "wrong", "'connect.sid'"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite='Lax'))",
         "wrong", "SameSite=Lax. Look at SameSite"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(samesite='Strict'))", "wrong", "Look at Secure"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite='Strict', max_age=60))",
         "wrong", "has Expires, which"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', genid=1)", "raised", "genid is 1"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', secure=True)", "raised", "cookie=CookieOptions(secure=…)"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, sameSite='Strict'))",
         "raised", "Did you mean 'samesite'"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite=Strict))", "raised", '"Strict"'),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite='Strict', httponly=False))",
         "wrong", "Look at HttpOnly"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite='Strict', path=None))",
         "wrong", "Look at Path"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite='Strict', path='/shop'))",
         "wrong", "has the path /shop"),
        ("def f(): return '__Host-shop=…; Path=/; HttpOnly; Secure; SameSite=Strict'", "wrong", "has to return SessionOptions"),
    ],
    (together, "production"): [
        ("def f(environment, store): return SessionOptions(name='shop', secret='s', store=store)", "wrong", "not the one from the environment"),
        ("def f(environment, store): return SessionOptions(name='shop', secret=environment['SESSION_SECRET'])", "wrong", "do not use the store"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store)", "wrong", "have no lifetime"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=environment['SESSION_MINUTES']))", "raised", "is '30' (str)"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=timedelta(minutes=30)))", "wrong", "name: the default name"),
        ("def f(environment, store): return SessionOptions(name='shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=timedelta(minutes=30), secure=True, samesite='Lax'))", "wrong", "name: a neighbouring host"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=timedelta(minutes=30), secure=True, samesite='None'))", "wrong", "every other site"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "rolling=True, cookie=CookieOptions(max_age=timedelta(minutes=30), secure=True, samesite='Lax'))", "wrong", "no absolute end"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store, "
         "cookie=lambda request: CookieOptions(max_age=timedelta(minutes=30)))", "wrong", "are a function of the request"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=timedelta(minutes=30), secure=True, samesite='Lax'))", "wrong", "last 0:30:00. The environment says 45"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=int(environment['SESSION_MINUTES']), secure=True, samesite='Lax'))", "wrong", "last 0:00:30"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=60 * int(environment['SESSION_MINUTES']), secure=True, samesite='auto'))", "wrong", "samesite"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=60 * int(environment['SESSION_MINUTES']), secure='auto', samesite='Lax'))", "wrong", "secure"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment.SESSION_SECRET, store=store)", "raised", "AttributeError"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=MemoryStore())",
         "wrong", "it is the parameter store"),
        ("import os\ndef f(environment, store): return SessionOptions(name='__Host-shop', secret=os.environ['SESSION_SECRET'], store=store)",
         "raised", "KeyError: 'SESSION_SECRET'"),
    ],
    (path, "only_the_admins"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path='/admin/'))", "wrong", "At /admin there is no session"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path='/'))", "wrong", "The client sends it with /, too"),
        ("def f(): return SessionOptions(secret='s')", "wrong", "The client sends it with /, too"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path=None))", "wrong", "the page was /admin/users/7"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path='admin'))", "raised", 'a path starts with "/"'),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path='/admin/*'))", "wrong", "At /admin there is no session"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path='/Admin'))", "wrong", "At /admin there is no session"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path='/adm'))", "wrong", "With /admin the client does not send it"),
        ("def f(): return SessionOptions(secret='s', cookie='/admin')", "raised", "cookie is of type str"),
        ("def f(): return SessionOptions(secret='s', path='/admin')", "raised", "cookie=CookieOptions(path=…)"),
        ("def f(): return CookieOptions(path='/admin')", "wrong", "one part of the options"),
        ("def f(): SessionOptions(secret='s', cookie=CookieOptions(path='/admin'))", "wrong", "as one without return does"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(path='/admin', secure=True))", "wrong", "It is Secure"),
    ],
    (path, "log_out"): [
        ("def f(r, name): r.delete_cookie(name)", "wrong", "still has sid with Path=/shop, the one of yesterday"),
        ("def f(r, name): r.delete_cookie(name, path='/shop')", "wrong", "still has sid with Path=/, the one of today"),
        ("def f(r, name): r.set_cookie(name, ''); r.set_cookie(name, '', path='/shop')", "wrong", "Its value is empty now"),
        ("def f(r, name): r.delete_cookie('sid'); r.delete_cookie('sid', path='/shop')", "wrong", "still has ticket with Path=/"),
        ("def f(r, name): r.delete_cookie(name); r.delete_cookie(name, path='/shop/')", "wrong", "still has sid with Path=/shop"),
        ("def f(r, name): r.delete_cookie(name, path=['/', '/shop'])", "raised", "TypeError"),
        ("def f(r, name): pass", "wrong", "has no Set-Cookie header"),
        ("def f(r, name): return r", "wrong", "has no Set-Cookie header"),
        ("def f(r, name):\n for p in ('/', '/shop'): r.delete_cookie(name, path=p); r.delete_cookie('colour', path=p)", "wrong", "colour, another cookie"),
        ("def f(r, name): response.delete_cookie(name)", "raised", "There is no response"),
        ("def f(r): r.delete_cookie('sid')", "wrong", "is called with 2 values"),
        ("def f(r, name): r.delete_cookie(name, path='/'); r.set_cookie(name, 'x', path='/shop/cart', max_age=9); r.delete_cookie(name, path='/shop')",
         "wrong", "has another sid, with Path=/shop/cart"),
    ],
    (domain, "one_log_in"): [
        ("def f(): return SessionOptions(secret='s')", "wrong", "With api.shop.localhost it is not sent back"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain='app.shop.localhost'))", "wrong", "With api.shop.localhost it is not sent back"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain='api.shop.localhost'))", "wrong", "app.shop.localhost is not below"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain='localhost'))", "wrong", "is a public suffix"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain='*.shop.localhost'))", "raised", "no scheme, no port"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain='http://shop.localhost'))", "raised", "no scheme, no port"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain=['app.shop.localhost', 'api.shop.localhost']))", "raised", "(list)"),
        ("def f(): return SessionOptions(secret='s', domain='shop.localhost')", "raised", "cookie=CookieOptions(domain=…)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain=shop.localhost))", "raised", "There is no shop"),
        ("def f(): return CookieOptions(domain='shop.localhost')", "wrong", "one part of the options"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(domain='shop.localhost', secure=True))", "wrong", "over plain HTTP"),
        ("def f(): SessionOptions(secret='s', cookie=CookieOptions(domain='shop.localhost'))", "wrong", "as one without return does"),
    ],
    (domain, "no_neighbours"): [
        ("def f(): return SessionOptions(secret='s', name='__Host-sid')", "wrong", "which needs Secure"),
        ("def f(): return SessionOptions(secret='s', name='__Secure-sid', cookie=CookieOptions(secure=True))", "wrong", "Ada is a stranger at the shop"),
        ("def f(): return SessionOptions(secret='s', name='sid', cookie=CookieOptions(secure=True))", "wrong", "Ada is a stranger at the shop"),
        ("def f(): return SessionOptions(secret='s', name='__Host-sid', cookie=CookieOptions(secure=True, domain='shop.localhost'))", "wrong", "which has no Domain"),
        ("def f(): return SessionOptions(secret='s', name='__Host-sid', cookie=CookieOptions(secure=True, path='/api'))", "wrong", "which needs Path=/"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True, samesite='Strict'))", "wrong", "Ada is a stranger at the shop"),
        ("def f(): return SessionOptions(secret='a secret of our own', name='Host-sid', cookie=CookieOptions(secure=True))", "wrong", "Ada is a stranger"),
        ("def f(): return SessionOptions(secret='s', name=__Host-sid)", "raised", "There is no __Host"),
        ("def f(): return SessionOptions(secret='s', name='__Host-sid', secure=True)", "raised", "cookie=CookieOptions(secure=…)"),
        ("def f(): return SessionOptions(secret='s', name='__Host-', cookie='secure')", "raised", "cookie is of type str"),
        ("def f(): SessionOptions(secret='s', name='__Host-sid', cookie=CookieOptions(secure=True))", "wrong", "as one without return does"),
        ("def f(): return '__Host-sid'", "wrong", "has to return SessionOptions"),
    ],
    (samesite, "newsletter"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite='Strict'))", "wrong", "who follows the link in the newsletter is not logged in"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite=None))", "wrong", "a form of another site carries it at once"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite='None'))", "wrong", "SameSite=None needs Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite='None', secure=True))", "wrong", "a form of another site carries it"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite='auto', secure='auto'))", "wrong", "a form of another site carries it"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite='Laxx'))", "raised", "Did you mean 'Lax'"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite=Lax))", "raised", 'in quotes: "Lax"'),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(samesite=True))", "raised", "is True (bool)"),
        ("def f(): return SessionOptions(secret='s', samesite='Lax')", "raised", "cookie=CookieOptions(samesite=…)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(sameSite='Lax'))", "raised", "samesite"),
        ("def f(): return 'Lax'", "wrong", "has to return SessionOptions"),
        ("def f(): SessionOptions(secret='s', cookie=CookieOptions(samesite='Lax'))", "wrong", "as one without return does"),
    ],
    (samesite, "token"): [
        ("def f(session, form): return form.get('token') == session.get('token')", "wrong", "no token, and the session has none either"),
        ("def f(session, form): return len(form.get('token', '')) == len(session.get('token', '')) and form.get('token', '') == session.get('token', '')", "wrong", "the session has none either"),
        ("def f(session, form): return form['token'] == session['token']", "raised", "KeyError"),
        ("def f(session, form): return 'token' in form", "wrong", "another token"),
        ("def f(session, form): return True", "wrong", "another token"),
        ("def f(session, form): return False", "wrong", "Ada's own transfer is refused"),
        ("def f(session, form): return session.get('token', 'x') in form.values()", "wrong", "the token in another field"),
        ("def f(session, form): return 'token' in session and session['token'].startswith(form.get('token', '-'))", "wrong", "cut short"),
        ("def f(session, form): session.get('token') == form.get('token')", "wrong", "as one without return does"),
        ("def f(session, form): return form.get('token') and form.get('token') == session.get('token')", "wrong", "returned ''"),
        ("def f(session, form): return form['token'] == 'Vb0l3yq7'", "raised", "KeyError"),
        ("def f(session, form): return session['user'] == 'ada'", "wrong", "another token"),
        ("def f(session): return True", "wrong", "is called with 2 values"),
    ],
    (partitioned, "embedded"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=True))", "wrong", "Partitioned needs Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=True, secure=True))", "wrong", "it has no SameSite=None"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=True, samesite='None'))", "wrong", "In Chromium the second visit is a first one"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=False, secure=True, samesite='None'))", "wrong",
         "the second page has the session of the first one"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=True, secure=True, samesite='Lax'))", "wrong", "the second visit is a first one"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=True, secure=True, samesite=None))", "wrong", "it has no SameSite=None"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned='yes', secure=True, samesite='None'))", "raised", "partitioned is 'yes'"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=true))", "raised", "it is written True"),
        ("def f(): return SessionOptions(secret='s', partitioned=True)", "raised", "cookie=CookieOptions(partitioned=…)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(partitioned=True, secure=True, samesite='None', path='/map'))", "wrong", "below /api there is no session"),
        ("def f(): SessionOptions(secret='s', cookie=CookieOptions(partitioned=True, secure=True, samesite='None'))", "wrong", "as one without return does"),
        ("def f(): return {'partitioned': True}", "wrong", "has to return SessionOptions"),
    ],
    (partitioned, "forget_in_frame"): [
        ("def f(r, name): r.delete_cookie(name)", "wrong", "the cookie map is still there"),
        ("def f(r, name): r.delete_cookie(name, partitioned=True)", "wrong", "the cookie map is still there"),
        ("def f(r, name): r.delete_cookie(name, secure=True, samesite='None')", "wrong", "the cookie map is still there"),
        ("def f(r, name): r.delete_cookie('map', secure=True, samesite='None', partitioned=True)", "wrong", "the cookie chat is still there"),
        ("def f(r, name): r.delete_cookie(name, path='/map', secure=True, samesite='None', partitioned=True)", "wrong", "is still there"),
        ("def f(r, name): r.delete_cookie(name, secure=True, samesite='Lax', partitioned=True)", "wrong", "is still there"),
        ("def f(r, name): r.set_cookie(name, '', secure=True, samesite='None', partitioned=True)", "wrong", "is still there"),
        ("def f(r, name): pass", "wrong", "has no Set-Cookie header"),
        ("def f(r, name): r.delete_cookie(name, partition=True)", "raised", "partition"),
        ("def f(r, name): response.delete_cookie(name)", "raised", "There is no response"),
        ("def f(name): pass", "wrong", "is called with 2 values"),
        ("def f(r, name): return r.delete_cookie(name, secure=True)", "wrong", "is still there"),
    ],
    (rolling, "carried"): [
        ("def f(rolling, is_new, is_changed): return rolling", "wrong",
         "rolling=False, and a known visitor changes something: the answer carried the cookie, and the function returned False"),
        ("def f(rolling, is_new, is_changed): return True", "wrong", "a known visitor changes nothing: the answer carried no cookie"),
        ("def f(rolling, is_new, is_changed): return rolling or is_changed", "wrong",
         "rolling=True, and a newcomer changes nothing: the answer carried no cookie"),
        ("def f(rolling, is_new, is_changed): return is_new or is_changed", "wrong", "a newcomer changes nothing"),
        ("def f(rolling, is_new, is_changed): return is_changed or rolling and is_new", "wrong", "rolling=True, and a known visitor changes nothing"),
        ("def f(rolling, is_new, is_changed): return (is_changed or rolling) and not is_new", "wrong", "a newcomer changes something"),
        ("def f(rolling, is_new, is_changed): is_changed or (rolling and not is_new)", "wrong", "returned None. It has to return True or False"),
        ("def f(rolling, is_new, is_changed): return 'is_changed or (rolling and not is_new)'", "wrong", "It has to return True or False"),
        ("def f(rolling, is_new, is_changed): return is_changed or not new", "raised", "There is no new"),
        ("def f(rolling): return rolling", "wrong", "takes rolling, and is called with 3 values"),
        ("def f(rolling, is_new, is_changed): return true", "raised", "it is written True"),
    ],
    (rolling, "both_limits"): [
        ("def f(logged_in, now): return timedelta(minutes=30)", "wrong",
         "7:31 after the log-in, the session has 0:30:00 left, and so would go on until 8:01"),
        ("def f(logged_in, now): return timedelta(hours=8)", "wrong", "0:00 after the log-in, the session has 8:00:00 left. Half an hour is the most"),
        ("def f(logged_in, now): return logged_in + timedelta(hours=8) - now", "wrong", "Half an hour is the most"),
        ("def f(logged_in, now): return max(timedelta(minutes=30), logged_in + timedelta(hours=8) - now)", "wrong", "8:00:00 left"),
        ("def f(logged_in, now): return min(timedelta(minutes=30), now - logged_in)", "wrong", "0:00 after the log-in, the session has ended"),
        ("def f(logged_in, now): return min(timedelta(minutes=30), timedelta(hours=8))", "wrong", "would go on until 8:01"),
        ("def f(logged_in, now): return 30", "wrong", "the session has 0:00:30 left. It may have 0:30:00"),
        ("def f(logged_in, now): return min(30, 480)", "wrong", "0:00:30 left"),
        ("def f(logged_in, now): return min(timedelta(minutes=30), logged_in + timedelta(hours=8))", "raised", "TypeError"),
        ("def f(logged_in, now): return logged_in + timedelta(hours=8)", "wrong", "session.cookie.max_age is datetime"),
        ("def f(logged_in, now): min(timedelta(minutes=30), logged_in + timedelta(hours=8) - now)", "wrong", "without return"),
        ("def f(logged_in, now): return min(timedelta(minutes=30), logged_in + 8 - now)", "raised", "TypeError"),
        # Right on one day.
        ("from datetime import datetime, timezone\ndef f(logged_in, now): return min(timedelta(minutes=30), "
         "datetime(2027, 1, 15, 16, tzinfo=timezone.utc) - now)", "wrong", "has ended"),
        ("def f(logged_in, now): return min(timedelta(minutes=30), logged_in + timedelta(hours=7, minutes=59) - now)", "wrong",
         "7:30 after the log-in, the session has 0:29:00 left. It may have 0:30:00"),
    ],
    (expires, "readable"): [
        ("def f(date): return date.isoformat()", "wrong", "Browsers find no date in that, and keep the cookie until the browser session ends"),
        ("def f(date): return str(date)", "wrong", "Browsers find no date in that"),
        ("def f(date): return format_datetime(date)", "wrong", "it does not look at the zone, and others do. The header's form ends in GMT"),
        ("def f(date): return format_datetime(date, usegmt=True)", "raised", "usegmt option requires a UTC datetime"),
        ("def f(date): return format_datetime(date.replace(tzinfo=timezone.utc), usegmt=True)", "wrong",
         "A browser reads 04 Feb 2027 23:30:00 GMT, and the moment is 04 Feb 2027 22:30:00 GMT"),
        ("def f(date): return f'{date:%a, %d %b %Y %H:%M:%S} GMT'", "wrong", "and the moment is 04 Feb 2027 22:30:00 GMT"),
        ("def f(date): return f'{date.astimezone(timezone.utc):%a, %d %b %Y} GMT'", "wrong", "Browsers find no date in that"),
        ("def f(date): return date.astimezone(timezone.utc)", "wrong", "returned datetime.datetime(2027, 1, 15, 22, 30, tzinfo=datetime.timezone.utc). It has to return text"),
        ("def f(date): return str(int(date.timestamp()))", "wrong", "Browsers find no date in that"),
        ("def f(date): return f'Expires={format_datetime(date.astimezone(timezone.utc), usegmt=True)}'", "wrong", "what stands behind Expires="),
        ("def f(date): return 'Fri, 15 Jan 2027 22:30:00 GMT'", "wrong", "A browser reads 15 Jan 2027 22:30:00 GMT"),
        ("def f(date): format_datetime(date.astimezone(timezone.utc), usegmt=True)", "wrong", "as one without return does"),
        ("def f(date): return format_datetime(date.astimezone(utc), usegmt=True)", "raised", "There is no utc"),
        ("def f(date): return 'Thu, 01 Jan 1970 00:00:00 GMT'", "wrong", "A browser reads a date that has passed"),
    ],
    (expires, "closing_time"): [
        ("def f(now): return now.replace(hour=3, minute=0, second=0, microsecond=0)", "wrong",
         "On 15 Jan at 08:30:00 the cookie has the date 15 Jan, 03:00:00, which has passed. The next three o'clock is that of 16 Jan"),
        ("def f(now): return now.replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=1)", "wrong",
         "On 15 Jan at 00:00:00 the cookie has the date 16 Jan, 03:00:00. The next three o'clock is that of 15 Jan"),
        ("def f(now): return now.replace(hour=3) + timedelta(days=1)", "wrong", "the date 16 Jan, 03:30:00"),
        ("def f(now):\n three = now.replace(hour=3, minute=0, second=0, microsecond=0)\n return three if now <= three else three + timedelta(days=1)",
         "wrong", "On 15 Jan at 03:00:00 the cookie has the date 15 Jan, 03:00:00, which has passed"),
        ("def f(now):\n three = now.replace(hour=3, minute=0, second=0, microsecond=0)\n return three if now.hour < 3 else three.replace(day=now.day + 1)",
         "raised", "day is out of range for month"),
        ("def f(now): return timedelta(days=1)", "wrong", "session.cookie.expires is"),
        ("def f(now): return '03:00'", "wrong", "session.cookie.expires is '03:00' (str)"),
        ("def f(now): return now + timedelta(hours=3)", "wrong", "the date 15 Jan, 11:30:00"),
        ("def f(now): return now.replace(hour=3, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=1)", "wrong",
         "a date without a time zone is ambiguous"),
        ("def f(now):\n three = now.replace(hour=3, minute=0, second=0, microsecond=0)", "wrong", "the cookie has no date"),
        ("from datetime import datetime, timezone\ndef f(now): return datetime(2027, 1, 16, 3, tzinfo=timezone.utc)", "wrong", "On 15 Jan at 00:00:00"),
        ("def f(now): return now.replace(hour=3, minute=00, second=00) if now.hour < 3 else now.replace(day=32)", "raised", "ValueError"),
    ],
    (priority, "kept"): [
        ("def f(): return SessionOptions(secret='s')", "wrong",
         "saw 4 pages with fifty cookies each (c0-0=1; Path=/), and was counted as 1. The session's cookie had left: connect.sid=…; Path=/; HttpOnly"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(priority='Low'))", "wrong", "saw 7 pages with fifty cookies each (c0-0=1; Path=/; Priority=Low)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(priority='Medium'))", "wrong", "Priority=Medium"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(priority='Highest'))", "raised", "Did you mean 'High'"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(priority=High))", "raised", 'in quotes: "High"'),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(priority=True))", "raised", "is True (bool)"),
        ("def f(): return SessionOptions(secret='s', priority='High')", "raised", "cookie=CookieOptions(priority=…)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True))", "wrong", "It is Secure, and this request came over plain HTTP"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=3600))", "wrong", "had left: connect.sid=…; Path=/; Expires="),
        ("def f(): return CookieOptions(priority='High')", "wrong", "one part of the options"),
        ("def f(): SessionOptions(secret='s', cookie=CookieOptions(priority='High'))", "wrong", "as one without return does"),
        ("def f(): return 'High'", "wrong", "has to return SessionOptions"),
    ],
    (priority, "one_for_all"): [
        ("def f(name, value): pass", "wrong", "Nothing is in the session"),
        ("def f(name, value): session['name'] = value", "wrong", "In the session, colour is not there: {\"name\":\"large\"}"),
        ("def f(name, value): session[name] = 'value'", "wrong", "In the session, colour says 'value'"),
        ("def f(name, value): session['settings'] = {name: value}", "wrong", "colour is not there"),
        ("def f(name, value): session.update(name=value)", "wrong", "colour is not there"),
        ("def f(name, value): session.setdefault('settings', {name: value})", "wrong", "currency is not there"),
        ("def f(name, value): session = {name: value}", "wrong", "Nothing is in the session"),
        ("def f(name, value): return {name: value}", "wrong", "Nothing is in the session"),
        ("def f(name, value): session[value] = name", "wrong", "colour is not there"),
        ("def f(name, value): session[nmae] = value", "raised", "There is no nmae"),
        ("every = {}\ndef f(name, value): every[name] = value; session['settings'] = every", "wrong", "of another customer"),
        ("from flask import after_this_request\ndef f(name, value):\n session[name] = value\n"
         " @after_this_request\n def too(response): response.set_cookie(name, value); return response", "wrong", "still in a cookie called colour"),
        ("def f(name): session[name] = 1", "wrong", "is called with 2 values"),
    ],
    (genid, "unguessable"): [
        ("import uuid\ndef f(request): return 'shop.' + str(uuid.uuid1())", "wrong", "bits at most; 64 are the least"),
        ("import time\ndef f(request): return f'shop.{time.time_ns()}'", "wrong", "bits at most; 64 are the least"),
        ("import random\ndef f(request): return f'shop.{random.getrandbits(192)}'", "wrong", "the same again when Python's random generator was set back"),
        ("from itertools import count\nnumbers = count()\ndef f(request): return f'shop.{next(numbers)}'", "wrong", "bits at most"),
        ("import secrets\ndef f(request): return 'shop.' + secrets.token_hex(4)", "wrong", "holds 32 bits at most"),
        ("def f(request): return 'shop.1'", "wrong", "Of 300 ids only 1 are different"),
        ("import secrets\ndef f(request): return secrets.token_urlsafe(24)", "wrong", "does not begin with 'shop.'"),
        ("import secrets\ndef f(request): return 'shop.' + secrets.randbits(192)", "raised", "TypeError"),
        ("import secrets\ndef f(request): return b'shop.' + secrets.token_bytes(24)", "wrong", "An id is a str"),
        ("from hashlib import sha256\ndef f(request): return 'shop.' + sha256(request.path.encode()).hexdigest()", "wrong", "only 1 are different"),
        ("import secrets\ndef f(request): 'shop.' + secrets.token_urlsafe(24)", "wrong", "as one without return does"),
        ("import secrets\ndef f(): return 'shop.' + secrets.token_urlsafe(24)", "wrong", "is called with one value"),
        ("def f(request): return 'shop.' + token_urlsafe(24)", "raised", "There is no token_urlsafe"),
    ],
    (genid, "years_to_guess"): [
        ("def f(bits, sessions, guesses): return 2**bits / sessions / guesses / (365 * 24 * 3600)", "wrong", "half of them are enough"),
        ("def f(bits, sessions, guesses): return 2**bits / 2 / sessions / guesses", "wrong", "the number of seconds"),
        ("def f(bits, sessions, guesses): return 2**bits / 2 / guesses / (365 * 24 * 3600)", "wrong", "any of them will do"),
        ("def f(bits, sessions, guesses): return 2**bits / 2 / sessions / (365 * 24 * 3600)", "wrong", "with one guess in a second"),
        ("def f(bits, sessions, guesses): return bits / 2 / sessions / guesses / (365 * 24 * 3600)", "wrong", "It takes 292.471 years"),
        ("def f(bits, sessions, guesses): return 292", "wrong", "For 32 bits"),
        ("def f(bits, sessions, guesses): return '292 years'", "wrong", "has to return a number of years"),
        ("def f(bits, sessions, guesses): return 2^bits / 2 / sessions / guesses", "raised", "TypeError"),
        ("def f(bits, sessions, guesses): 2**bits / 2 / sessions / guesses / (365 * 24 * 3600)", "wrong", "as one without return does"),
        ("def f(bits, sessions, guesses): return 2**64 / 2 / 100_000 / 10_000 / (365 * 24 * 3600)", "wrong", "For 32 bits"),
        ("def f(bits): return 2**bits", "wrong", "is called with 3 values"),
        ("def f(bits, sessions, guesses): return True", "wrong", "has to return a number of years"),
    ],
    (store, "workers"): [
        ("def f(path): return SessionOptions(secret='s', store=MemoryStore())", "wrong", "a stranger to it"),
        ("def f(path): return SessionOptions(secret='s')", "wrong", "a stranger to it"),
        ("from demo_app.session import SQLiteStore\nimport secrets\ndef f(path): return SessionOptions(secret=secrets.token_hex(), store=SQLiteStore(path))", "wrong", "a stranger to it"),
        ("def f(path): return SessionOptions(secret='s', store=path)", "raised", "store is a str without get"),
        ("from demo_app.session import SQLiteStore\ndef f(path): return SessionOptions(secret='s', store=SQLiteStore(':memory:'))", "raised", "MemoryStore() keeps sessions in memory"),
        ("m = MemoryStore()\ndef f(path): return SessionOptions(secret='s', store=m)", "wrong", "it is not the file one.db"),
        ("from demo_app.session import SQLiteStore\ndef f(path): return SessionOptions(secret='s', store=SQLiteStore)", "raised", "make one of it: SQLiteStore"),
        ("from demo_app.session import SQLiteStore\ndef f(path): return SessionOptions(secret='s', store=SQLiteStore('sqlite:///' + path))", "raised", "not a URL"),
        ("from demo_app.session import SQLiteStore\ndef f(path): return SessionOptions(secret='s', store=SQLiteStore(path + '2'))", "wrong", "it is not the file one.db"),
        ("from demo_app.session import SQLiteStore\ndef f(path): return SQLiteStore(path)", "wrong", "has to return SessionOptions"),
        ("from demo_app.session import SQLiteStore\ndef f(path): SessionOptions(secret='s', store=SQLiteStore(path))", "wrong", "as one without return does"),
        ("from demo_app.session import SQLiteStore\ndef f(path): return SessionOptions(secret='s', store=SQLiteStore(path), cookie=CookieOptions(secure=True))", "wrong", "over plain HTTP"),
        ("from demo_app.session import SQLiteStore\ndef f(path): return SessionOptions(secret='s', store=SQLiteStore(file))", "raised", "There is no file"),
    ],
    (store, "everywhere"): [
        ("def f(store, user): store.clear(); return 7", "wrong", "was ended as well, which is not theirs"),
        ("def f(store, user):\n for sid, kept in store.all().items():\n  if user in kept.data: store.destroy(sid)", "wrong", "was ended as well"),
        ("import json\ndef f(store, user):\n for sid, kept in store.all().items():\n  if json.loads(kept.data)['user'] == user: store.destroy(sid)", "raised", "KeyError"),
        ("import json\ndef f(store, user):\n for sid, kept in store.all().items():\n  if json.loads(kept.data).get('user') == user: store.destroy(sid)", "wrong", "Of ada there were 2 sessions"),
        ("import json\ndef f(store, user):\n for sid, kept in store.all().items():\n  if json.loads(kept.data).get('user') == user:\n   store.destroy(sid)\n   return 1\n return 0",
         "wrong", "still a session of ada"),
        ("def f(store, user): store.destroy(user); return 2", "wrong", "still a session of ada"),
        ("import json\ndef f(store, user): return sum(json.loads(kept.data).get('user') == user for kept in store.all().values())", "wrong", "still a session of ada"),
        ("def f(store, user):\n for sid, kept in store.all().items():\n  if kept.data.get('user') == user: store.destroy(sid)", "raised", "AttributeError"),
        ("def f(store, user):\n for sid in store.all(): store.destroy(sid)\n return 2", "wrong", "was ended as well"),
        ("import json\ndef f(store, user):\n found = [s for s, k in store.all().items() if json.loads(k.data).get('user') == 'ada']\n for s in found: store.destroy(s)\n return len(found)",
         "wrong", "still a session of alan"),
        ("def f(store): store.clear()", "wrong", "is called with 2 values"),
        ("def f(store, user): store.destroy(sid)", "raised", "There is no sid"),
    ],
    (proxy, "client_scheme"): [
        ("def f(header, proxies):\n v = header.split(', ')\n return v[0]", "wrong",
         "'https, http' arrives, and 1 of the proxies are yours: ProxyFix takes 'http', and the function returned 'https'. The first one is the client's"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[-1]", "wrong", "2 of the proxies are yours: ProxyFix takes 'https'"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[-proxies]", "raised", "IndexError: list index out of range"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[proxies]", "raised", "IndexError"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[-proxies - 1]", "raised", "IndexError"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[proxies - 1]", "wrong", "The first one is the client's"),
        ("def f(header, proxies):\n v = header.split(',')\n return v[-proxies] if len(v) >= proxies else None", "wrong", "returned ' http'"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[-proxies] if len(v) > proxies else None", "wrong", "returned None"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[-proxies] if len(v) >= proxies else 'http'", "wrong",
         "ProxyFix takes None, and the function returned 'http'. Fewer than 2 have written"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[-min(proxies, len(v))]", "wrong", "Fewer than 2 have written"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n return v[-2] if len(v) >= 2 else None", "wrong", "'https' arrives, and 1 of the proxies"),
        ("def f(header, proxies):\n v = [x.strip() for x in header.split(',')]\n v[-proxies]", "wrong", "returned None"),
        ("def f(header, proxies): header.split(',')[-1].strip()", "wrong", "returned None"),
        ("def f(header, proxies): return values[-proxies]", "raised", "There is no values"),
        ("def f(header): return header", "wrong", "takes header, and is called with 2 values"),
    ],
    (proxy, "two_proxies"): [
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_prefix=1)\n return app", "wrong", "'https, http' arrived at the app, and no cookie"),
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=3, x_prefix=1)\n return app", "wrong", "'https, http' arrived at the app, and no cookie"),
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2)\n return app", "wrong", "told it the rest in X-Forwarded-Prefix"),
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=2)\n return app", "wrong", "told it the rest in X-Forwarded-Prefix"),
        (f"{SHOP}\n return app", "wrong", "told it the rest in X-Forwarded-Prefix"),
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)", "wrong", "returned None, as one without return does. It has to return the app"),
        (f"{SHOP}\n app = ProxyFix(app.wsgi_app, 2, 1)\n return app", "wrong", "told it the rest in X-Forwarded-Prefix"),
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto='2', x_prefix=1)\n return app", "wrong", "TypeError"),
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, proto=2, prefix=1)\n return app", "raised", "unexpected keyword argument 'proto'"),
        (f"{SHOP}\n ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)\n return app", "wrong", "told it the rest in X-Forwarded-Prefix"),
        (f"{SHOP.replace('cookie=cookie', 'cookie=cookie, proxy=True')}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)\n return app",
         "wrong", "wrote 'https', 'https, http, http' arrived at the app, and a cookie was sent: the app believes the client"),
        (f"{SHOP.replace('cookie=cookie', 'cookie=cookie, proxy=False')}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)\n return app",
         "wrong", "no cookie was sent"),
        (f"{SHOP.replace('/shop', '/')}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)\n return app", "wrong", "The client sends it with /blog, too"),
        (f"{SHOP.replace('/shop', '/shop/api/login')}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)\n return app",
         "wrong", "With /shop/api/me the client does not send it"),
        (f"{SHOP.replace('/shop', '/api')}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2)\n return app", "wrong", "the client does not send it"),
        (f"{SHOP.replace('True', 'False')}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)\n return app", "wrong", "It has no Secure"),
        (f"{SHOP.replace('True', '_auto_').replace('_auto_', repr('auto'))}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=1)\n return app",
         "wrong", "Over plain HTTP the app sent: connect.sid=…; Path=/shop; HttpOnly. It travels openly"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True, path='/shop'))", "wrong", "It has to return the app"),
        (f"{SHOP}\n app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=2, x_prefix=one)\n return app", "raised", "There is no one"),
    ],
    (unset, "log_out"): [
        ("def f(session, response): session.destroy()", "wrong", "has its cookie still: the answer does not delete it"),
        ("def f(session, response): response.delete_cookie('sid')", "wrong", "still opens the session"),
        ("def f(session, response): session.clear(); response.delete_cookie('sid')", "wrong", "still a session in the store"),
        ("def f(session, response): session.unset(); response.delete_cookie('sid')", "wrong", "still opens the session"),
        ("def f(session, response): session.regenerate(); response.delete_cookie('sid')", "wrong", "still a session in the store"),
        ("def f(session, response): session.destroy(); response.set_cookie('sid', '')", "wrong", "with an empty value"),
        ("def f(session, response): session.destroy(); response.delete_cookie('session')", "wrong", "has its cookie still"),
        ("def f(session, response): session.destroy(); response.delete_cookie('sid', path='/leave')", "wrong", "has its cookie still"),
        ("def f(session, response): session.pop('user'); response.delete_cookie('sid')", "wrong", "still opens the session"),
        ("def f(session, response): session.destroy(); response.headers['Clear-Site-Data'] = '\"cookies\"'", "wrong", "Other clients do not know it"),
        ("def f(session, response): session.destory()", "raised", "destory"),
        ("def f(session, response): session.destroy; response.delete_cookie", "wrong", "still opens the session"),
        ("def f(session): session.destroy()", "wrong", "is called with 2 values"),
    ],
    (unset, "keep_the_cart"): [
        ("def f(session): session.pop('user')", "wrong", "A copy of the cookie, taken before, opens a session"),
        ("def f(session): session.clear()", "wrong", "had the cart ['milk', 'tea'] before"),
        ("def f(session): session.regenerate()", "wrong", "had the cart ['milk', 'tea'] before"),
        ("def f(session): cart = session['cart']; session.destroy(); session['cart'] = cart", "raised", "SessionUnavailable"),
        ("def f(session): kept = dict(session); session.regenerate(); session.update(kept)", "wrong", "somebody is logged in still"),
        ("def f(session): session.unset()", "wrong", "somebody is logged in still"),
        ("def f(session): session.regenerate(); session['cart'] = session['cart']", "raised", "KeyError"),
        ("def f(session): cart = session['cart']; session.clear(); session['cart'] = cart", "wrong", "opens a session"),
        ("def f(session): session.regenerate(); session['cart'] = ['milk']", "wrong", "and had the cart"),
        ("def f(session): del session['user']; session.regenerate()", "wrong", "and had the cart"),
        ("def f(session): return None", "wrong", "somebody is logged in still"),
        ("def f(): pass", "wrong", "is called with one value"),
    ],
}  # fmt: skip
EXERCISES = [pytest.param(getattr(module, attribute), id=attribute) for module, attribute in WRONG]


def run(code: str) -> object:
    """Run a learner's code and return the last thing it defined."""
    names: dict[str, object] = {}
    exec(
        "import requests\nfrom datetime import timedelta, timezone\nfrom email.utils import format_datetime\n"
        "from html import escape\nfrom flask import session\n"
        "from demo_app import *\nfrom demo_app.session import sign, unsign",
        names,
    )
    given = set(names)
    exec(code, names)
    return [value for key, value in names.items() if key not in given][-1]


def notebooks() -> Iterator[list[tuple[str, str]]]:
    """The cells of each notebook: kind and source."""
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        yield [(cell["cell_type"], "".join(cell["source"])) for cell in found]


def cells(kind: str) -> list[str]:
    return [source for notebook in notebooks() for each, source in notebook if each == kind]


class Cells(NamedTuple):
    """What belongs to an exercise in its notebook."""

    set_up: str
    blank: str
    hint: str
    solution: str

    def solved(self) -> str:
        """The cell with the blank, and the printed solution in place of its function."""
        (function,) = (node for node in ast.parse(self.blank).body if isinstance(node, ast.FunctionDef))
        lines = self.blank.splitlines()
        return "\n".join([*lines[: function.lineno - 1], self.solution, *lines[function.end_lineno :]])


def cells_of(attribute: str) -> Cells:
    """Found by the exercise's check."""
    for notebook in notebooks():
        code = [source for kind, source in notebook if kind == "code"]
        for place, (_, source) in enumerate(notebook):
            if re.search(rf"^{attribute}\.check\(", source, re.MULTILINE):
                solution = re.search(
                    r"<summary>Solution</summary>.*?```python\n(.*?)```", notebook[place + 2][1], re.DOTALL
                )
                return Cells(code[0], source, notebook[place + 1][1], solution[1])
    raise AssertionError(f"No cell of a notebook says {attribute}.check(…).")


def result(*sources: str) -> object:
    """What the last of these cells gives, in a fresh kernel."""
    names: dict[str, object] = {}
    for source in sources:
        *before, last = ast.parse(TransformerManager().transform_cell(source)).body
        exec(compile(ast.Module(before, []), "<cell>", "exec"), names)
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "<cell>", "exec"), names)
            given = None
        else:
            given = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    return given


of_all = pytest.mark.parametrize("attribute", [attribute for _, attribute in WRONG])


@of_all
def test_the_untouched_blank_is_not_tried_yet(attribute):
    here = cells_of(attribute)
    for before in ([here.set_up], []):  # in a fresh kernel too
        verdict = result(*before, here.blank)
        assert verdict.kind == "untried"
        assert "____" in verdict.message


@of_all
def test_the_printed_solution_is_right_and_needs_nothing_but_the_set_up_cell(attribute):
    here = cells_of(attribute)
    verdict = result(here.set_up, here.solved())
    assert verdict.kind == "right", verdict


@of_all
def test_without_the_set_up_cell_a_right_answer_is_told_to_run_it(attribute):
    here = cells_of(attribute)
    verdict = result(here.solved())
    if any(name in SET_UP for name in re.findall(r"\w+", here.solution)):
        assert verdict.kind == "raised"
        assert "the set-up cell has not been run. Run the cells above first" in verdict.message
    else:
        assert verdict.kind == "right"


def test_the_names_of_the_set_up_cells_are_known():
    imported = {"requests"}
    for notebook in notebooks():
        set_up = next(source for kind, source in notebook if kind == "code")
        for node in ast.walk(ast.parse(set_up)):
            if isinstance(node, ast.ImportFrom) and node.module == "demo_app":
                names = {alias.name for alias in node.names}
                assert "serve" in names  # it tells whether the cell was run
                imported |= names
    assert imported == SET_UP.keys()


@of_all
def test_a_hint_comes_by_taking_away_the_first_sign_whatever_is_in_the_cell_of_the_exercise(attribute):
    here = cells_of(attribute)
    exercise = next(getattr(module, each) for module, each in WRONG if each == attribute)
    assert here.hint.startswith("# ")
    # The sign alone, and with its space. The cell with the blank was not run: it may hold anything.
    for letters in (len("#"), len("# ")):
        hint = result(here.set_up, here.hint[letters:])
        assert str(hint).partition(": ")[2] in exercise._hints


@pytest.mark.parametrize(
    ("exercise", "code", "kind", "message"),
    [
        pytest.param(getattr(module, attribute), *answer, id=f"{attribute}-{number}")
        for (module, attribute), answers in WRONG.items()
        for number, answer in enumerate(answers)
    ],
)
def test_a_wrong_answer_is_told_what_was_found(exercise, code, kind, message):
    verdict = exercise.check(run(code))
    assert verdict.kind == kind, verdict
    assert message in verdict.message


def test_blanks_at_the_ends_of_an_entry_are_not_seen_and_do_no_harm():
    names = {"escape": escape}
    exec("def f(entry): return f'<li>\\n  {escape(entry)}\\n</li>'", names)
    assert httponly.safe_entry.check(names["f"]).kind == "right"


def test_every_exercise_has_eight_wrong_answers_or_more():
    few = [attribute for (_, attribute), answers in WRONG.items() if len(answers) < 8]
    assert not few, (
        f"{', '.join(few)}: write eight wrong answers or more into WRONG, in tests/lesson/test_exercises.py."
    )
    known = {attribute for _, attribute in WRONG}
    made = {key for module, _ in WRONG for key, value in vars(module).items() if isinstance(value, Exercise)}
    checked = {found for source in cells("code") for found in re.findall(r"^(\w+)\.check\(", source, re.MULTILINE)}
    assert checked <= known, (
        f"{', '.join(checked - known)}: in a notebook, and without wrong answers. "
        "Write them into WRONG, in tests/lesson/test_exercises.py."
    )
    assert known == made == checked


@pytest.mark.parametrize("exercise", EXERCISES)
def test_hints_come_one_after_the_other_and_the_last_one_stays(exercise):
    exercise = Exercise(exercise._check, exercise._hints)
    hints = [str(exercise.hint()) for _ in range(len(exercise._hints) + 1)]
    assert 2 <= len(exercise._hints) <= 3
    assert hints[0].startswith("Hint 1 of")
    assert "word-break:normal" in exercise.hint()._repr_html_(), "JupyterLab breaks plain text in the middle of words"
    assert hints[-1] == hints[-2]


def test_a_verdict_reads_without_colour_and_is_escaped():
    verdict = Exercise(lambda answer: "<ok>", ()).check(lambda: None)
    assert repr(verdict) == "✓ Right. <ok>"
    assert verdict._repr_html_() == "<p><b>✓ Right.</b> &lt;ok&gt;</p>"


def accepts(answer):
    answer()
    return "It was called."


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (requests.Session, "the class Session"),
        (print, "the function print"),
        (partial(print, 1), "functools.partial(<built-in function print>, 1)"),
        (None, "None"),
        ("a" * 300, "… (302 characters)"),
    ],
)
def test_what_is_no_function_of_the_learners_is_named(answer, shown):
    verdict = Exercise(accepts, ()).check(answer)
    assert verdict.kind == "wrong"
    assert f"got {shown}" in verdict.message or shown in verdict.message
    assert len(verdict.message) < 250


class Loud:
    def __repr__(self):
        raise RuntimeError("no repr")


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("f = lambda: undefined", "raised", "it is written None"),
        ("f = lambda: SessionOption()", "raised", "Did you mean SessionOptions?"),
        ("def f(): raise SystemExit(1)", "raised", "SystemExit: 1"),
        ("def f(): f()", "raised", "RecursionError"),
        ("def f(): raise ValueError('x' * 3000)", "raised", "(3012 characters)"),
        (
            "def f(a): pass",
            "wrong",
            "The function takes a, and is called with nothing. Leave its first line as it was.",
        ),
        ("def f(a, b): pass", "wrong", "The function takes a, b, and is called with nothing."),
    ],
)
def test_whatever_the_function_does_the_notebook_goes_on(code, kind, message):
    verdict = Exercise(accepts, ()).check(run(code))
    assert verdict.kind == kind, verdict
    assert message in verdict.message


def test_a_name_that_this_lesson_has_not_imported_is_told_its_home():
    names = {"serve": None}
    exec("def f(): return CookieOptions()", names)
    verdict = Exercise(accepts, ()).check(names["f"])
    assert (
        verdict.message == "CookieOptions is not imported. Write above the function: from demo_app import CookieOptions"
    )


def test_a_value_that_cannot_be_shown_is_named_by_its_type():
    verdict = name.rename.check(lambda: Loud())
    assert "returned an object of type Loud" in verdict.message


def test_an_error_of_the_check_is_not_called_one_of_the_learners():
    def check(answer):
        answer()
        raise ZeroDivisionError("ours")

    verdict = Exercise(check, ()).check(run("def f(): pass"))
    assert (verdict.kind, verdict.message) == (
        "wrong",
        "What the function made cannot be tried out. ZeroDivisionError: ours",
    )


@pytest.fixture
def stop_button():
    """What a kernel does when it is interrupted, also where the tests run in the background and nothing would be."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("stop_button")
@pytest.mark.parametrize("exercise", [save_uninitialized.show_cart, save_uninitialized.agree, resave.add_slowly])
def test_the_stop_button_ends_a_loop_in_a_view(exercise):
    looping = threading.Event()
    threads = []

    def press():
        assert looping.wait(30)
        _thread.interrupt_main()

    def loop():
        threads.append(threading.current_thread())
        looping.set()
        while True:
            pass

    answer = (lambda item, wait: loop()) if exercise is resave.add_slowly else (lambda: loop())
    pressing = threading.Thread(target=press)
    pressing.start()
    verdict = exercise.check(answer)
    pressing.join()
    assert verdict.kind == "wrong"
    assert "Is there a loop that never ends?" in verdict.message
    # In the thread that was interrupted: there is nothing that could go on.
    assert threads == [threading.main_thread()]
