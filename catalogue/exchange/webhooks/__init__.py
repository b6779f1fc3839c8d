"""Webhooks: systems of municipalities and enterprises are told what happens, signed, by POST.

An event of the audit that somebody wants to hear of puts work in its own transaction (`news`), from
which the worker writes a delivery for each address it concerns (`spreading`) and sends it
(`sending`).
"""
