"""Reads lines of the format ledger from standard input. Made with:
    argot compile --emit c ledger.yaml && cc -O2 -fPIC -shared -o libledger.so ledger.c
"""
import ctypes
import json
import sys

ledger = ctypes.CDLL("./libledger.so")
ledger.argot_ledger_new.restype = ctypes.c_void_p
ledger.argot_ledger_parse.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)
ledger.argot_ledger_outcome.argtypes = (ctypes.c_void_p, ctypes.c_int)
ledger.argot_ledger_json.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_size_t))
ledger.argot_ledger_json.restype = ctypes.c_char_p
ledger.argot_ledger_free.argtypes = (ctypes.c_void_p,)
EVENT, LETTER = 1, 2

parser = ledger.argot_ledger_new(None)
for line in sys.stdin.buffer:
    for i in range(ledger.argot_ledger_parse(parser, line, len(line))):
        text = ledger.argot_ledger_json(parser, i, ctypes.byref(ctypes.c_size_t()))
        outcome = ledger.argot_ledger_outcome(parser, i)
        if outcome == EVENT:
            event = json.loads(text)
            print(event["event_outcome"], event["user_name"], event["source_ip"])
        elif outcome == LETTER:
            letter = json.loads(text)
            print(letter["reason"], "where", letter["expected"], "was due")
ledger.argot_ledger_free(parser)
