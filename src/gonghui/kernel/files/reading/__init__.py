"""Reads tables that strangers send (xlsx, xls, ods, csv) in a confined child process; imports no Django.

A parser may abort the whole process on a single hostile cell, so no file is ever parsed where pages are served.
"""
