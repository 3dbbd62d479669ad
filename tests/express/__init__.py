"""express-session 1.19.0 as the reference: the same requests go to it and to the Flask port.

``servers`` runs both, ``play`` sends a case to one of them and writes down what came of it. Cases come from
``strategies`` (generated), ``handpicked`` (one for each option and quirk) and ``cases.json`` (both recorded).
"""
