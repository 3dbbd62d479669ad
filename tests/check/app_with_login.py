"""The shop of the guide: a log-in with a token against forged requests, and a log-out."""

from flask import Flask, redirect, render_template_string, session
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import PasswordField, StringField

app = Flask(__name__)
app.config.update(
    SECRET_KEY="from the environment, in real life", SESSION_COOKIE_NAME="shop", SESSION_COOKIE_SAMESITE="Lax"
)
CSRFProtect(app)


class LogIn(FlaskForm):
    user = StringField()
    password = PasswordField()


PAGE = "<form method=post>{{ form.csrf_token }}{{ form.user }}{{ form.password }}<button>Log in</button></form>"
START = """Hello {{ session.user }}
<form method=post action=/logout>
<input type=hidden name=csrf_token value="{{ csrf_token() }}"><button>Log out</button>
</form>"""


@app.route("/login", methods=["GET", "POST"])
def login():
    form = LogIn()
    if form.validate_on_submit() and form.password.data == "lovelace":
        session["user"] = form.user.data
        return redirect("/", 303)
    return render_template_string(PAGE, form=form)


@app.get("/")
def start():
    return render_template_string(START) if "user" in session else redirect("/login")


@app.post("/logout")
def logout():
    session.clear()
    return redirect("/login", 303)
