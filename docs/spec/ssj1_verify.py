#!/usr/bin/env python3
"""Verifier of transcripts of the public draw SSJ1 (双随机). Python 3.9 or later, nothing but its standard library.

    python3 ssj1_verify.py TRANSCRIPT [--sealed FILE] [--mirror FILE ...]
    python3 ssj1_verify.py --batch DIR        every transcript of a folder, one line each
    python3 ssj1_verify.py --vectors FILE     the primitives against the published vectors

The answer is one line on the standard output, and the exit status says the same:

    0  VALID plan XC-2026-007 attempt 1 recomputed
    1  INVALID at record 17: draw: ...
    3  INCOMPLETE: missing release
    2  the files could not be read

What a VALID rests on beyond the file itself is printed on the standard error output.

The program was written from the specification, draw.md, alone. It shares no code with the program that draws, and its
author had not read that program. "Section 4" and the like mean that page. It is meant to be read from top to bottom:
encodings, trees, the plan, the records one by one, the draw computed again, and what may be missing. The three
appendices hold the arithmetic of SM3, Ed25519 and BLS12-381, so that nothing has to be installed or trusted.
"""

import argparse
import base64
import datetime
import fractions
import functools
import hashlib
import json
import os
import re
import sys
import unicodedata


class Invalid(Exception):
    """The transcript is wrong. kind is the class of section 9; record is set where it is another than the one being read."""

    def __init__(self, kind, text, record=None):
        super().__init__("%s: %s" % (kind, text))
        self.kind, self.text, self.record = kind, text, record


class Incomplete(Exception):
    """Nothing is wrong, but something is not there yet."""


def need(condition, kind, text, record=None):
    """Raises Invalid unless the condition holds."""
    if not condition:
        raise Invalid(kind, text, record)


# ---------------------------------------------------------------------------
# Section 2. Encodings
# ---------------------------------------------------------------------------

def u8(n):
    return n.to_bytes(1, "big")


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


def sha256(data):
    return hashlib.sha256(data).digest()


class Hash:
    """H of a suite, and what is built from H alone."""

    def __init__(self, suite):
        self.H = {1: sha256, 2: sm3}[suite]

    def TH(self, tag, *parts):
        """The tagged hash of section 2. Text among the parts is its UTF-8."""
        parts = [p.encode() if isinstance(p, str) else p for p in parts]
        tag = tag.encode()
        return self.H(u8(len(tag)) + tag + u32(len(parts)) + b"".join(u64(len(p)) + p for p in parts))

    def ticket(self, key, uid, c, p):
        """T(K, uid, c, p) of section 4."""
        return self.H(key + uid + u16(c) + u8(p))

    def root(self, leaves):
        """The root of a tree of leaf hashes (section 3; RFC 6962 section 2.1)."""
        if not leaves:
            return self.H(b"")
        level = list(leaves)
        while len(level) > 1:       # pairing from the left, an odd last node moving up, is the tree of the RFC
            odd = [level[-1]] if len(level) % 2 else []
            level = [self.H(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
        return level[0]

    def path(self, leaves, index):
        """The inclusion proof of a leaf, deepest first (RFC 6962 section 2.1.1)."""
        path, level = [], list(leaves)
        while len(level) > 1:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1])
            odd = [level[-1]] if len(level) % 2 else []
            level = [self.H(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
            index //= 2
        return path

    def row_root(self, rows):
        """The root over rows: each leaf is H(0x00 and the row), in all of section 3's trees but three."""
        return self.root([self.H(b"\x00" + row) for row in rows])


def canonical(value):
    """The canonical JSON of a value (RFC 8785, section 2). Names are ASCII, so any order by name is the right one."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def parse_canonical(data):
    """The value that canonical JSON spells; ValueError for every other spelling."""
    def members(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("a name stands twice in an object")
        return dict(pairs)

    def refuse(spelling):
        raise ValueError("a number that is no integer: " + spelling[:40])

    def check(value, depth):
        if isinstance(value, str):
            if not unicodedata.is_normalized("NFC", value):
                raise ValueError("a string is not in normal form C")
        elif isinstance(value, bool):
            pass
        elif isinstance(value, int):
            if abs(value) > 2**53 - 1:
                raise ValueError("an integer is too large")
        elif value is None:
            raise ValueError("null")
        else:
            if depth == 16:
                raise ValueError("nested more than 16 deep")
            if isinstance(value, dict):
                for name in value:
                    if not re.fullmatch(r'[ !#-\[\]-~]*', name):
                        raise ValueError("a name is not plain ASCII")
            for inner in value.values() if isinstance(value, dict) else value:
                check(inner, depth + 1)

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=members, parse_float=refuse, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested more than 16 deep") from None
    check(value, 0)
    if canonical(value) != data:
        raise ValueError("not spelled canonically")
    return value


_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_ok(code):
    """Whether 18 characters are a unified social credit code (GB 32100-2015)."""
    if len(code) != 18 or any(c not in _CREDIT for c in code):
        return False
    total = sum(_CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return code[17] == _CREDIT[-total % 31]


def make_uid(h, scheme, text):
    """The 20 bytes of an id (section 2)."""
    data = text.encode()
    if len(data) > 18:
        return u8(scheme) + b"\xff" + h.TH("uid", u8(scheme), data)[:18]
    return u8(scheme) + u8(len(data)) + data + bytes(18 - len(data))


def uid_ok(uid):
    """Whether 20 bytes can be a uid (section 2)."""
    scheme, length, rest = uid[0], uid[1], uid[2:]
    if not 1 <= scheme <= 6:
        return False
    if scheme == 1:
        return length == 18 and credit_code_ok(rest.decode("latin-1"))
    if length == 0xFF:
        return True
    return 1 <= length <= 18 and not any(rest[length:])


# What a member of a record may be. Each of these returns the value, decoded where that is of use, or raises Invalid.

def obj(value, what, names, kind="body"):
    need(type(value) is dict, kind, what + " is no object")
    names = names.split()
    need(set(value) == set(names), kind, "%s has the members %s instead of %s"
         % (what, " ".join(sorted(value)) or "(none)", " ".join(sorted(names))))
    return value


def array(value, what, low=0, high=None):
    need(type(value) is list, "body", what + " is no array")
    need(len(value) >= low and (high is None or len(value) <= high), "body", "%s has %d elements" % (what, len(value)))
    return value


def integer(value, what, low, high):
    need(type(value) is int, "body", what + " is no integer")
    need(low <= value <= high, "body", "%s is %d, not from %d to %d" % (what, value, low, high))
    return value


def string(value, what, low=0, high=None):
    need(type(value) is str, "body", what + " is no string")
    size = len(value.encode())
    need(size >= low and (high is None or size <= high), "body", "%s has %d bytes" % (what, size))
    return value


def one_of(value, what, choices):
    need(type(value) is str and value in choices, "body", "%s is none of %s" % (what, ", ".join(choices)))
    return value


def matches(value, what, pattern):
    need(type(value) is str and re.fullmatch(pattern, value) is not None, "body", "%s is not %s" % (what, pattern))
    return value


def hexed(value, what, size):
    need(type(value) is str and re.fullmatch("[0-9a-f]{%d}" % (2 * size), value) is not None,
         "body", "%s is not the hex of %d bytes" % (what, size))
    return bytes.fromhex(value)


def hexed_or_empty(value, what, size):
    return b"" if value == "" and type(value) is str else hexed(value, what, size)


def uid_of(value, what):
    """A uid in a body, which must be one of section 2."""
    uid = hexed(value, what, 20)
    need(uid_ok(uid), "body", "%s, %s, is no uid" % (what, value))
    return uid


def day(value, what):
    matches(value, what, r"[2-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
    try:
        datetime.date(int(value[:4]), int(value[5:7]), int(value[8:]))
    except ValueError:
        raise Invalid("body", "%s, %s, does not exist" % (what, value)) from None
    return value


def instant(value, what):
    return integer(value, what, 1, 2**53 - 1)


def packed(value, what, size):
    """Rows of a fixed size in base64."""
    string(value, what)
    try:
        data = base64.b64decode(value.encode(), validate=True)
    except ValueError:
        raise Invalid("body", what + " is not base64") from None
    need(base64.b64encode(data).decode() == value, "body", what + " is not canonical base64")
    need(len(data) % size == 0, "body", "%s is not made of rows of %d bytes" % (what, size))
    return [data[i:i + size] for i in range(0, len(data), size)]


def ascending(values):
    return all(a < b for a, b in zip(values, values[1:]))


U32 = 2**32 - 1


# ---------------------------------------------------------------------------
# Section 8. The plan
# ---------------------------------------------------------------------------

GENESIS, PERIOD = 1692803367, 3
DRAND, NIST = "drand:52db9ba7", "nist:2"

# Of each lottery: what it is worth in thousandths of a bit, its name, and its groups of numbers (how many, least, greatest).
LOTTERIES = {
    "lottery:kl8": (61616, "快乐8", ((20, 1, 80),)),
    "lottery:ssq": (24079, "双色球", ((6, 1, 33), (1, 1, 16))),
    "lottery:dlt": (24353, "大乐透", ((5, 1, 35), (2, 1, 12))),
    "lottery:pl5": (16609, "排列5", ()),
}


def check_root(value, what):
    obj(value, what, "root size")
    hexed(value["root"], what + ".root", 32)
    integer(value["size"], what + ".size", 0, U32)


def check_party(value, what, further=""):
    obj(value, what, "name key " + further)
    string(value["name"], what + ".name", 1, 200)
    hexed(value["key"], what + ".key", 32)


def check_plan_body(b):
    """Step 4 of section 9 for a plan: members, types, lengths and ranges."""
    obj(b, "plan", "v suite plan attempt authority platform witnesses minReveals seals auditors mode basis minStratum "
        "times outside due team inspectors conflicts frames verifier")
    one_of(b["v"], "v", ("SSJ1",))
    integer(b["suite"], "suite", 1, 2)
    matches(b["plan"], "plan", r"[A-Za-z0-9._-]{1,64}")
    integer(b["attempt"], "attempt", 1, 2)
    check_party(b["authority"], "authority")
    check_party(b["platform"], "platform")
    for w in array(b["witnesses"], "witnesses", 3, 16):
        check_party(w, "a witness")
    integer(b["minReveals"], "minReveals", 2, len(b["witnesses"]))
    for s in array(b["seals"], "seals", 0, 4):
        check_party(s, "a seal holder", "anchor length")
        hexed(s["anchor"], "anchor", 32)
        integer(s["length"], "length", 1, 100000)
        need(s["length"] == b["seals"][0]["length"], "body", "the seals' chains have different lengths")
    one_of(b["mode"], "mode", ("open", "attested"))
    for a in array(b["auditors"], "auditors", 2 if b["mode"] == "attested" else 0, 16):
        check_party(a, "an auditor")
    for text in array(b["basis"], "basis"):
        string(text, "a basis")
    integer(b["minStratum"], "minStratum", 1, 2**53 - 1)
    for t in array(b["times"], "times", 1, 2):
        obj(t, "an attempt's times", "t1 t2 t3 t4 t5 window days")
        for name in ("t1", "t2", "t3", "t4", "t5"):
            instant(t[name], name)
        for date in array(t["window"], "window", 2, 2):
            day(date, "a day of the window")
        for d in array(t["days"], "days"):
            obj(d, "a day", "date by")
            day(d["date"], "date")
            instant(d["by"], "by")
    for o in array(b["outside"], "outside", 1, 8):
        obj(o, "an outside source", "source rounds dates")
        one_of(o["source"], "source", (DRAND, NIST) + tuple(LOTTERIES))
        for r in array(o["rounds"], "rounds"):
            integer(r, "a round", 1, 2**53 - 1)
        for date in array(o["dates"], "dates"):
            if date != "" or type(date) is not str:
                day(date, "a date of an outside source")
    obj(b["due"], "due", "release result publish")
    for name in b["due"]:
        integer(b["due"][name], "due." + name, 0, 10**9)
    obj(b["team"], "team", "size area recent")
    integer(b["team"]["size"], "team.size", 2, 8)
    one_of(b["team"]["area"], "team.area", ("any", "other-street", "district"))
    integer(b["team"]["recent"], "team.recent", 0, 100)
    check_root(b["inspectors"], "inspectors")
    check_root(b["conflicts"], "conflicts")
    for f in array(b["frames"], "frames", 1, 64):
        check_frame_body(f)
    hexed(b["verifier"], "verifier", 32)


def check_frame_body(f):
    obj(f, "a frame", "dept name items filter date registry frame exempt strata")
    integer(f["dept"], "dept", 0, U32)
    string(f["name"], "name of a frame", 1, 200)
    for item in array(f["items"], "items", 1):
        string(item, "an item")
    string(f["filter"], "filter")
    day(f["date"], "date of a frame")
    for name in ("registry", "frame", "exempt"):
        check_root(f[name], name)
    for s in array(f["strata"], "strata", 1):
        need(type(s) is dict, "body", "a stratum is no object")
        design = one_of(s.get("design"), "design", ("srs", "balls", "pareto", "poisson", "census"))
        names = "id name kind size design"
        if design == "poisson":
            names += " ppm"
        elif design != "census":
            names += " count" if "count" in s else " ppm"
        obj(s, "a stratum", names + (" days" if "days" in s else ""))
        integer(s["id"], "id of a stratum", 0, U32)
        string(s["name"], "name of a stratum", 1, 200)
        one_of(s["kind"], "kind", ("random", "special"))
        integer(s["size"], "size of a stratum", 0, U32)
        if "count" in s:
            integer(s["count"], "count", 0, s["size"])
        if "ppm" in s:
            integer(s["ppm"], "ppm", 1, 10**6)
        for n in array(s.get("days", []), "days of a stratum"):
            integer(n, "a day's number", 0, U32)


def check_plan_rules(b):
    """Step 5 of section 9: what ties the members of a plan to each other."""
    def rule(condition, text):
        need(condition, "plan", text)

    rule(b["attempt"] <= len(b["times"]), "the attempt is not listed in times")
    for t in b["times"]:
        rule(t["t1"] < t["t2"], "t1 is not before t2")
        rule(t["t3"] >= t["t2"] + 600, "t3 is less than ten minutes after t2")
        rule(t["t3"] < t["t4"] <= t["t5"], "t3 < t4 <= t5 does not hold")
        first, last = t["window"]
        rule(first <= last, "the window ends before it begins")
        dates, by = [d["date"] for d in t["days"]], [d["by"] for d in t["days"]]
        rule(ascending(dates) and all(first <= d <= last for d in dates), "the days do not ascend within the window")
        rule(ascending(by) and all(t["t3"] < x <= t["t5"] for x in by), "the days' times do not ascend from t3 to t5")
    rule(len({len(t["days"]) for t in b["times"]}) == 1, "the attempts have different numbers of days")
    if len(b["times"]) == 2:
        rule(b["times"][1]["t1"] > b["times"][0]["t3"], "the second attempt begins before the first's outside value")

    sources = [o["source"] for o in b["outside"]]
    rule(len(set(sources)) == len(sources), "an outside source stands twice")
    for o in b["outside"]:
        rule(len(o["rounds"]) == len(b["times"]) == len(o["dates"]), "an outside source lacks a round or a date")
        for t, number, date in zip(b["times"], o["rounds"], o["dates"]):
            if o["source"] == DRAND:
                rule(date == "", "drand has no dates")
                rule(number == (t["t3"] - GENESIS) // PERIOD + 1, "the round of drand is not that of t3")
            elif o["source"] in LOTTERIES:
                rule(date != "", "a lottery has no date")
    lotteries = [LOTTERIES[s][0] for s in sources if s in LOTTERIES]
    rule(DRAND in sources or len(lotteries) >= 2 and sum(lotteries) >= 80000, "the outside sources are too weak")

    depts = [f["dept"] for f in b["frames"]]
    rule(ascending(depts), "the frames' departments do not ascend")
    days = len(b["times"][0]["days"])
    for f in b["frames"]:
        rule(ascending([item.encode() for item in f["items"]]), "the items of a frame do not ascend")
        rule(f["registry"]["size"] == f["frame"]["size"] + f["exempt"]["size"], "registry is not frame and exempt")
        rule(ascending([s["id"] for s in f["strata"]]), "the strata do not ascend")
        rule(sum(s["size"] for s in f["strata"]) == f["frame"]["size"], "the strata do not add up to their frame")
        for s in f["strata"]:
            rule(s["kind"] == "special" or s["size"] >= b["minStratum"], "a stratum is too small to be called random")
            rule(("days" in s) == (days > 0), "the days of a stratum are not those of the plan")
            if days:
                rule(s["design"] in ("srs", "balls"), "a plan with days has designs srs and balls only")
                rule(len(s["days"]) == days and sum(s["days"]) == quota(s), "the days of a stratum do not add up")


def quota(stratum):
    """n of a stratum (section 5); nothing of designs poisson and census, which have none."""
    if stratum.get("design") in ("poisson", "census"):
        return None
    if "count" in stratum:
        return stratum["count"]
    return min(stratum["size"], (stratum["size"] * stratum["ppm"] + 999999) // 10**6)


def lottery_text_ok(source, date, text):
    """Whether a text is one of the lottery's, of that date (section 8)."""
    _, name, groups = LOTTERIES[source]
    head = name + "|" + date + "|"
    if not text.startswith(head):
        return False
    if not groups:
        return re.fullmatch(r"[0-9](,[0-9]){4}", text[len(head):]) is not None
    parts = text[len(head):].split("|")
    if len(parts) != len(groups):
        return False
    for part, (count, low, high) in zip(parts, groups):
        if not re.fullmatch(r"[0-9]{2}(,[0-9]{2})*", part):
            return False
        numbers = [int(n) for n in part.split(",")]
        if len(numbers) != count or not ascending(numbers) or numbers[0] < low or numbers[-1] > high:
            return False
    return True


# ---------------------------------------------------------------------------
# Sections 7 and 8. Records
# ---------------------------------------------------------------------------

# Which types may stand where (section 8, the order of types). With days left, a draw may stand among the visits too.
ORDER = {
    "start": ("plan",),
    "commits": ("commit", "close"),
    "reveals": ("reveal", "outside", "void"),
    "outside": ("outside", "void"),
    "draw": ("draw", "void"),
    "drawn": ("assign", "void"),
    "visits": ("open", "void", "substitute", "recuse", "result", "publish", "release"),
    "released": ("result", "publish", "attest"),
    "voided": (),
}


class Attempt:
    """What the records of one attempt have said so far."""

    def __init__(self, body, plan_hash):
        self.body, self.plan_hash = body, plan_hash
        self.number = body["attempt"]
        self.times = body["times"][self.number - 1]
        self.commits, self.close_hash, self.reveals = {}, None, {}
        self.values, self.seed = [], None
        self.draws, self.assigned = [], 0       # bodies of draws; how many of them have their teams
        self.visits = [0] * len(body["frames"]) # numbers of visits given so far, per frame
        self.used = False                       # whether it took an element of the chains
        self.voids, self.void_uids, self.substituted = {}, set(), set()
        self.opened, self.results, self.published = {}, {}, set()
        self.log = []                           # (seq, type, body) of what is computed again after the release
        self.voided = False

    @property
    def draws_due(self):
        return max(1, len(self.times["days"]))


class Transcript:
    """Reads the records in order. Every on_... method is one row of section 8's table.

    These methods are generators: they check the body (and the plan's rules), yield the names of the signers, and after
    the signatures were checked go on with the times and the rules of the type. So the steps of section 9 keep their order.
    """

    def __init__(self, sealed=None):
        self.sealed = sealed                    # bytes of the sealed file of mode attested, if at hand
        self.h = None
        self.phase = "start"
        self.count, self.prev, self.time = 0, bytes(32), 1
        self.attempts = []
        self.keys = {}
        self.uses, self.shown = 0, {}           # uses taken; elements shown, by use
        self.last_elements = []                 # the latest element of each holder, at first the anchor
        self.final = None                       # the final release: (seq, body, hash of its line)
        self.attests = {}
        self.drawn = None                       # uids of the last attempt, per frame, once known
        self.recomputed = False
        self.owed = []                          # voids that lack their substitution, once computed
        self.digest = hashlib.sha256()          # over everything that was computed again
        self.notes = []

    @property
    def at(self):
        """The current attempt."""
        return self.attempts[-1]

    @property
    def plan(self):
        return self.attempts[-1].body

    # -- steps 1, 2, 3 and 6 of section 9 ------------------------------------------------------------------------------

    def read(self, line):
        """Checks one record; line is without its LF."""
        try:
            r = parse_canonical(line)
        except ValueError as reason:
            raise Invalid("form", "no canonical JSON: %s" % reason) from None
        obj(r, "the record", "seq prev time type body sigs", "form")
        for name in ("seq", "time"):
            need(type(r[name]) is int, "form", name + " is no integer")
        need(r["time"] >= 1, "form", "time is no instant")
        need(type(r["prev"]) is str and re.fullmatch("[0-9a-f]{64}", r["prev"]), "form", "prev is not the hex of 32 bytes")
        need(type(r["type"]) is str, "form", "type is no string")
        need(type(r["body"]) is dict, "form", "body is no object")
        need(type(r["sigs"]) is list, "form", "sigs is no array")
        for s in r["sigs"]:
            obj(s, "a signature", "by sig", "form")
            need(type(s["by"]) is str, "form", "by is no string")
            need(type(s["sig"]) is str and re.fullmatch("[0-9a-f]{128}", s["sig"]), "form", "sig is not the hex of 64 bytes")
        need(ascending([s["by"] for s in r["sigs"]]), "form", "the signatures are not in order")
        need(r["type"] == "release" or len(line) <= 2**20, "form", "the record is longer than 1 MiB")

        need(r["seq"] == self.count, "chain", "seq is %d, not %d" % (r["seq"], self.count))
        need(bytes.fromhex(r["prev"]) == self.prev, "chain", "prev is not the hash of the line before")
        need(r["time"] >= self.time, "chain", "time falls")

        allowed = ORDER[self.phase]
        if self.phase == "visits" and len(self.at.draws) < self.at.draws_due:
            allowed += ("draw",)
        if self.phase == "voided" and self.at.number < len(self.plan["times"]):
            allowed = ("plan",)
        need(r["type"] in allowed, "order", "%s cannot stand here" % r["type"])

        self.line = line
        handler = getattr(self, "on_" + r["type"])(r, r["body"])
        self.check_signatures(r, next(handler))
        for _ in handler:
            raise AssertionError("a record is signed once")
        self.count, self.prev, self.time = self.count + 1, self.h.TH("rec", line), r["time"]

    def check_signatures(self, r, signers):
        """Step 6 of section 9: exactly these signatures, all of them right."""
        need({s["by"] for s in r["sigs"]} == set(signers), "signature", "the signers are not " + ", ".join(sorted(signers)))
        act = self.h.TH("act", r["type"], canonical(r["body"]))
        place = self.h.TH("record", self.prev, u64(r["seq"]), u64(r["time"]), r["type"], act)
        for s in r["sigs"]:
            message = place if s["by"] == "platform" else act
            need(ed25519_verify(self.keys[s["by"]], message, bytes.fromhex(s["sig"])), "signature",
                 "the signature of %s is wrong" % s["by"])

    def body(self, b, kind, names):
        """The members of a body other than the plan's."""
        obj(b, kind, "plan " + names)
        need(b["plan"] == self.at.plan_hash.hex(), "body", "plan is not the hash of the current plan")

    def seals(self):
        return ["seal-%d" % a for a in range(len(self.plan["seals"]))]

    # -- plan ----------------------------------------------------------------------------------------------------------

    def on_plan(self, r, b):
        check_plan_body(b)
        check_plan_rules(b)
        need(b["attempt"] == len(self.attempts) + 1, "plan", "this is attempt %d" % (len(self.attempts) + 1))
        if self.attempts:
            need({**b, "attempt": 1} == self.attempts[0].body, "plan", "attempt 2 is not attempt 1 with another number")
        else:
            self.h = Hash(b["suite"])
            self.last_elements = [bytes.fromhex(s["anchor"]) for s in b["seals"]]
            self.keys = {"authority": b["authority"], "platform": b["platform"]}
            for role, parties in (("witness", "witnesses"), ("seal", "seals"), ("auditor", "auditors")):
                self.keys.update(("%s-%d" % (role, i), p) for i, p in enumerate(b[parties]))
            self.keys = {name: bytes.fromhex(p["key"]) for name, p in self.keys.items()}
        yield ["authority", "platform"]
        attempt = Attempt(b, self.h.TH("plan", canonical(b)))
        need(r["time"] < attempt.times["t1"], "time", "the plan is not before its t1")
        self.attempts.append(attempt)
        self.phase = "commits"

    # -- seed (section 4) ----------------------------------------------------------------------------------------------

    def on_commit(self, r, b):
        self.body(b, "commit", "witness commit")
        i = integer(b["witness"], "witness", 0, len(self.plan["witnesses"]) - 1)
        commit = hexed(b["commit"], "commit", 32)
        yield ["witness-%d" % i, "platform"]
        need(r["time"] <= self.at.times["t1"], "time", "a commitment after t1")
        need(i not in self.at.commits, "commit", "witness %d committed before" % i)
        self.at.commits[i] = commit

    def on_close(self, r, b):
        self.body(b, "close", "commits close")
        witnesses = len(self.plan["witnesses"])
        commits = [hexed_or_empty(c, "a commitment", 32) for c in array(b["commits"], "commits", witnesses, witnesses)]
        hexed(b["close"], "close", 32)
        yield ["platform"]
        times = self.at.times
        need(times["t1"] <= r["time"] <= times["t2"], "time", "the close is not between t1 and t2")
        need(commits == [self.at.commits.get(i, b"") for i in range(witnesses)], "close", "this is not what was committed")
        self.at.close_hash = self.h.TH("close", self.at.plan_hash, *commits, u64(times["t1"]))
        need(b["close"] == self.at.close_hash.hex(), "close", "the hash is wrong")
        self.phase = "reveals"

    def on_reveal(self, r, b):
        self.body(b, "reveal", "witness reveal")
        i = integer(b["witness"], "witness", 0, len(self.plan["witnesses"]) - 1)
        secret = hexed(b["reveal"], "reveal", 32)
        yield ["platform"]
        need(r["time"] <= self.at.times["t2"], "time", "a reveal after t2")
        need(i not in self.at.reveals, "reveal", "witness %d revealed before" % i)
        need(self.at.commits.get(i) == self.h.TH("commit", self.at.plan_hash, u8(i), secret), "reveal",
             "it does not fit the commitment of witness %d" % i)
        self.at.reveals[i] = secret

    def on_outside(self, r, b):
        self.body(b, "outside", "source round value")
        index = integer(b["source"], "source", 0, len(self.plan["outside"]) - 1)
        outside = self.plan["outside"][index]
        source, date = outside["source"], outside["dates"][self.at.number - 1]
        integer(b["round"], "round", 1, 2**53 - 1)
        if source == DRAND:
            signature = hexed(b["value"], "value", 48)
            value = sha256(signature)
        elif source == NIST:
            value = hexed(b["value"], "value", 64)
        else:
            value = string(b["value"], "value").encode()
        signers = ["platform"]
        if source != DRAND:
            witnesses = [s["by"] for s in r["sigs"] if s["by"].startswith("witness-") and s["by"] in self.keys]
            signers += ["authority"] + (witnesses or ["witness-0"])
        yield signers
        need(r["time"] >= self.at.times["t3"], "time", "an outside value before t3")
        need(len(self.at.reveals) >= self.plan["minReveals"], "outside", "only %d witnesses revealed" % len(self.at.reveals))
        need(index == len(self.at.values), "outside", "the sources are not in order")
        need(b["round"] == outside["rounds"][self.at.number - 1], "outside", "this is not the round of the plan")
        if source == DRAND:
            need(quicknet_verify(b["round"], signature), "outside", "the signature of drand is wrong")
        else:
            if source in LOTTERIES:
                need(lottery_text_ok(source, date, b["value"]), "outside", "this is no text of that lottery and day")
            self.notes.append("to be compared with what was published: %s, round %d: %s" % (source, b["round"], b["value"]))
        self.at.values.append(self.h.TH("beacon", source, u64(b["round"]), value))
        self.phase = "outside"
        if len(self.at.values) == len(self.plan["outside"]):
            witnesses = len(self.plan["witnesses"])
            self.at.seed = self.h.TH("seed", self.at.plan_hash, self.at.close_hash, u8(witnesses),
                                     *[self.at.reveals.get(i, b"") for i in range(witnesses)],
                                     u8(len(self.at.values)), *self.at.values)
            self.phase = "draw"

    # -- draw and teams ------------------------------------------------------------------------------------------------

    def take_use(self, b):
        """Takes the next element of every chain (section 4)."""
        need(b["use"] == self.uses, "seal", "use is %d, the next is %d" % (b["use"], self.uses))
        need(all(self.uses < s["length"] for s in self.plan["seals"]), "seal", "the chains are used up")
        self.uses += 1
        self.at.used = True

    def check_draw_time(self, r, index):
        days = self.at.times["days"]
        if not days:
            need(r["time"] <= self.at.times["t4"], "time", "after t4")
        else:
            need(r["time"] <= days[index]["by"], "time", "after the time of its day")

    def on_draw(self, r, b):
        self.body(b, "draw", "day use results")
        integer(b["day"], "day", 0, self.at.draws_due - 1)
        integer(b["use"], "use", 0, U32)
        frames = self.plan["frames"]
        for root in array(b["results"], "results"):
            check_root(root, "a root of results")
        yield self.seals() + ["platform"]
        self.check_draw_time(r, b["day"])
        need(b["day"] == len(self.at.draws), "draw", "the days are not in order")
        need(len(b["results"]) == len(frames), "draw", "there is not one root for each frame")
        for root, frame in zip(b["results"], frames):
            need(root["size"] <= frame["frame"]["size"], "draw", "more are drawn than the frame has")
        self.take_use(b)
        self.at.draws.append(b)
        self.at.log.append((r["seq"], "draw", b))
        self.phase = "drawn"

    def on_assign(self, r, b):
        self.body(b, "assign", "day teams low unfilled")
        integer(b["day"], "day", 0, self.at.draws_due - 1)
        for root in array(b["teams"], "teams"):
            check_root(root, "a root of teams")
        integer(b["low"], "low", 0, 2**53 - 1)
        integer(b["unfilled"], "unfilled", 0, 2**53 - 1)
        yield self.seals() + ["platform"]
        draw = self.at.draws[-1]
        self.check_draw_time(r, draw["day"])
        need(b["day"] == draw["day"], "assign", "this is not the day of the draw")
        sizes = [root["size"] for root in draw["results"]]
        need([root["size"] for root in b["teams"]] == sizes, "assign", "the sizes are not those of the draw")
        self.at.visits = [a + b for a, b in zip(self.at.visits, sizes)]
        self.at.assigned += 1
        self.at.log.append((r["seq"], "assign", b))
        self.phase = "visits"

    # -- visits --------------------------------------------------------------------------------------------------------

    def on_open(self, r, b):
        self.body(b, "open", "uid")
        uid = uid_of(b["uid"], "uid")
        yield ["platform"]
        need(uid not in self.at.opened, "open", "opened before")
        need(uid not in self.at.void_uids, "open", "the subject is void")
        self.at.opened[uid] = r["time"]
        self.at.log.append((r["seq"], "open", b))

    def on_void(self, r, b):
        self.body(b, "void", "scope uid reason evidence official elements")
        scope = one_of(b["scope"], "scope", ("subject", "draw"))
        uid = uid_of(b["uid"], "uid") if scope == "subject" else matches(b["uid"], "uid", "").encode()
        matches(b["reason"], "reason", "[a-z0-9-]{1,32}")
        hexed(b["evidence"], "evidence", 32)
        uid_of(b["official"], "official")
        self.check_elements(b["elements"])
        yield ["authority", "platform"]
        if scope == "subject":
            need(self.phase == "visits", "void", "there are no teams yet")
            need(b["elements"] == [], "void", "the void of a subject shows no elements")
            need(uid not in self.at.opened, "void", "the subject was opened")
            need(uid not in self.at.void_uids, "void", "void before")
            self.at.voids[r["seq"]] = uid
            self.at.void_uids.add(uid)
            self.at.log.append((r["seq"], "void", b))
            return
        if not self.at.used:
            self.uses += 1
        self.show_elements(b["elements"])
        self.at.voided = True
        self.phase = "voided"

    def on_substitute(self, r, b):
        self.body(b, "substitute", "void use picks")
        integer(b["void"], "void", 0, 2**53 - 1)
        integer(b["use"], "use", 0, U32)
        for p in array(b["picks"], "picks"):
            obj(p, "a pick", "frame stratum leaf team")
            integer(p["frame"], "frame", 0, len(self.plan["frames"]) - 1)
            integer(p["stratum"], "stratum", 0, U32)
            leaf, team = (hexed_or_empty(p[name], name, 32) for name in ("leaf", "team"))
            need((leaf == b"") == (team == b""), "body", "a leaf without a team, or a team without a leaf")
        need(ascending([p["frame"] for p in b["picks"]]), "body", "the frames of the picks do not ascend")
        yield self.seals() + ["platform"]
        self.take_use(b)
        need(b["void"] in self.at.voids, "substitute", "record %d is no void of a subject" % b["void"])
        need(b["void"] not in self.at.substituted, "substitute", "the second for one void")
        for p in b["picks"]:
            strata = [s["id"] for s in self.plan["frames"][p["frame"]]["strata"]]
            need(p["stratum"] in strata, "substitute", "the frame has no stratum %d" % p["stratum"])
            self.at.visits[p["frame"]] += p["leaf"] != ""
        self.at.substituted.add(b["void"])
        self.at.log.append((r["seq"], "substitute", b))

    def on_recuse(self, r, b):
        self.body(b, "recuse", "use frame visit slot reason evidence team")
        integer(b["use"], "use", 0, U32)
        integer(b["frame"], "frame", 0, len(self.plan["frames"]) - 1)
        integer(b["visit"], "visit", 0, U32)
        integer(b["slot"], "slot", 0, self.plan["team"]["size"] - 1)
        matches(b["reason"], "reason", "[a-z0-9-]{1,32}")
        hexed(b["evidence"], "evidence", 32)
        hexed(b["team"], "team", 32)
        yield self.seals() + ["platform"]
        self.take_use(b)
        need(b["visit"] < self.at.visits[b["frame"]], "recuse", "there is no such visit")
        self.at.log.append((r["seq"], "recuse", b))

    def on_result(self, r, b):
        self.body(b, "result", "uid outcome evidence")
        uid = uid_of(b["uid"], "uid")
        matches(b["outcome"], "outcome", "[a-z0-9-]{1,32}")
        hexed(b["evidence"], "evidence", 32)
        yield ["platform"]
        if uid in self.at.opened:
            need(r["time"] <= self.at.opened[uid] + self.plan["due"]["result"], "time", "the result is late")
        need(uid in self.at.opened, "result", "the visit was not opened")
        need(uid not in self.at.results, "result", "the second of one visit")
        self.at.results[uid] = r["time"]

    def on_publish(self, r, b):
        self.body(b, "publish", "uids where digest")
        uids = [uid_of(uid, "a uid") for uid in array(b["uids"], "uids", 1)]
        need(ascending(uids), "body", "the uids do not ascend")
        string(b["where"], "where")
        hexed(b["digest"], "digest", 32)
        yield ["authority", "platform"]
        for uid in uids:
            if uid in self.at.results:
                need(r["time"] <= self.at.results[uid] + self.plan["due"]["publish"], "time", "the publication is late")
        for uid in uids:
            need(uid in self.at.results, "publish", "%s has no result" % uid.hex())
            need(uid not in self.at.published, "publish", "%s was published before" % uid.hex())
        self.at.published.update(uids)

    # -- release and attestations --------------------------------------------------------------------------------------

    def check_elements(self, elements):
        for e in array(elements, "elements"):
            obj(e, "an element", "use x")
            integer(e["use"], "use", 0, U32)
            seals = len(self.plan["seals"])
            for x in array(e["x"], "x", seals, seals):
                hexed(x, "x", 32)

    def show_elements(self, elements, record=None):
        """Elements lead to the anchors, and are of all uses that were not shown (section 4; class seal)."""
        for e in elements:
            need(e["use"] == len(self.shown), "seal", "the uses do not ascend from the first not yet shown", record)
            xs = [bytes.fromhex(x) for x in e["x"]]
            for a, (x, last) in enumerate(zip(xs, self.last_elements)):
                need(self.h.TH("chain", self.plan["plan"], u8(a), x) == last, "seal",
                     "the element of seal-%d for use %d does not lead to its anchor" % (a, e["use"]), record)
            self.last_elements = xs
            self.shown[e["use"]] = xs
        need(len(self.shown) == self.uses, "seal", "%d uses are taken, %d shown" % (self.uses, len(self.shown)), record)

    def on_release(self, r, b):
        kind = one_of(b.get("kind"), "kind", ("day", "open", "attested"))
        self.body(b, "release", "kind " + {"day": "elements", "open": "elements data", "attested": "digest drawn"}[kind])
        data = None
        if kind == "attested":
            hexed(b["digest"], "digest", 32)
            drawn = [[hexed(uid, "a uid", 20) for uid in array(uids, "uids of a frame")] for uids in array(b["drawn"], "drawn")]
        else:
            self.check_elements(b["elements"])
        if kind == "open":
            data = Data(b["data"], self.plan)
        yield ["authority", "platform"]

        if kind == "day":
            need(self.at.times["days"] and self.plan["mode"] == "open", "release", "this plan releases no single days")
            self.show_elements(b["elements"])
            return
        t5 = self.at.times["t5"]
        need(t5 <= r["time"] <= t5 + self.plan["due"]["release"], "time", "the release is early or late")
        need(kind == self.plan["mode"], "release", "the plan is " + self.plan["mode"])
        need(self.at.assigned == self.at.draws_due, "release", "there are days to come")
        self.phase = "released"
        self.final = (r["seq"], self.h.TH("rec", self.line))
        if kind == "open":
            self.show_elements(b["elements"])
        elif self.sealed is not None:
            data = self.read_sealed(b)
        if data is None:
            self.drawn = drawn
            self.compare_drawn()
            return
        self.recompute(data)
        if kind == "attested":
            need(self.drawn == drawn, "release", "drawn is not what was drawn")

    def read_sealed(self, b):
        """The data in the sealed file (section 8, mode attested)."""
        need(self.h.TH("sealed", self.sealed).hex() == b["digest"], "release", "the sealed file is another")
        try:
            sealed = parse_canonical(self.sealed)
            obj(sealed, "the sealed file", "data elements plan")
            need(sealed["plan"] == self.at.plan_hash.hex(), "body", "plan is not the hash of the current plan")
            self.check_elements(sealed["elements"])
            data = Data(sealed["data"], self.plan)
        except ValueError as reason:
            raise Invalid("release", "the sealed file is no canonical JSON: %s" % reason) from None
        except Invalid as reason:
            raise Invalid("release", "in the sealed file: " + reason.text) from None
        self.show_elements(sealed["elements"])
        return data

    def compare_drawn(self):
        """Mode attested without the sealed file: drawn takes the place of the draws (section 9, after step 10)."""
        need(all(ascending(uids) for uids in self.drawn), "release", "the uids of drawn do not ascend")
        counts = [len(uids) for uids in self.drawn]
        need(counts == self.at.visits, "release", "drawn has not the numbers of the draws and substitutes")
        known = set().union(*self.drawn)
        for uid in list(self.at.void_uids) + list(self.at.opened):
            need(uid in known, "release", "%s is void or opened, but not drawn" % uid.hex())

    def recompute(self, data):
        """Steps 9 and 10 of section 9."""
        data.check_roots(self.h, self.plan)
        visited = [set() for _ in self.plan["frames"]]
        for attempt in self.attempts:
            if attempt.seed is None:
                continue
            again = Again(self.h, attempt, data, self.shown, self.digest)
            for seq, kind, body in attempt.log:
                try:
                    getattr(again, kind)(seq, body)
                except Invalid as reason:
                    if reason.kind != "root":
                        reason.record = seq
                    raise
            for uids, visits in zip(visited, again.visits):
                uids.update(v.uid for v in visits)
        if self.plan["team"]["area"] == "other-street":
            for uids, frame in zip(visited, data.frames):
                need(uids == set(frame.streets), "root", "visited is not the list of all visits")
        self.drawn = [sorted(v.uid for v in visits) for visits in again.visits]
        self.owed = [seq for seq, uid in sorted(self.at.voids.items())
                     if seq not in self.at.substituted and again.successors(uid)]
        self.recomputed = True

    def on_attest(self, r, b):
        self.body(b, "attest", "auditor release verdict")
        i = integer(b["auditor"], "auditor", 0, len(self.plan["auditors"]) - 1)
        release = hexed(b["release"], "release", 32)
        one_of(b["verdict"], "verdict", ("VALID", "INVALID"))
        yield ["auditor-%d" % i, "platform"]
        need(i not in self.attests, "attest", "auditor %d attested before" % i)
        need(release == self.final[1], "attest", "this is not the hash of the final release")
        need(b["verdict"] == "VALID", "attest", "auditor %d found it INVALID" % i)
        self.attests[i] = r["seq"]

    # -- what may be missing (section 9) -------------------------------------------------------------------------------

    def conclude(self):
        """The words after VALID; Incomplete names the first thing that is missing."""
        if not self.attempts:
            raise Incomplete("plan")
        at = self.at
        valid = "plan %s attempt %d " % (self.plan["plan"], at.number)
        if at.voided:
            if at.number < len(self.plan["times"]):
                raise Incomplete("plan")
            return valid + "void"
        attested = self.plan["mode"] == "attested"
        if at.close_hash is None:
            raise Incomplete("close")
        if at.seed is None:
            raise Incomplete("outside")
        if len(at.draws) < at.draws_due:
            raise Incomplete("draw")
        if at.assigned < at.draws_due:
            raise Incomplete("assign")
        if self.final is None:
            raise Incomplete("release")
        if attested and not self.recomputed and len(self.attests) < 2:
            raise Incomplete("sealed file")
        for seq in self.owed:
            raise Incomplete("substitute for record %d" % seq)
        visited = sorted(set().union(*self.drawn) - at.void_uids)
        for what, done in (("open", at.opened), ("result", at.results), ("publication", at.published)):
            for uid in visited:
                if uid not in done:
                    raise Incomplete("%s of %s" % (what, uid.hex()))
        if attested and len(self.attests) < 2:
            raise Incomplete("attestations")
        return valid + ("recomputed" if self.recomputed else "attested by %d auditors" % len(self.attests))


# ---------------------------------------------------------------------------
# Section 8, data of a final release; section 9, step 9
# ---------------------------------------------------------------------------

class Inspector:
    """An inspector, as the tree of inspectors has them."""

    def __init__(self, e):
        obj(e, "an inspector", "uid dept flags salt attributes")
        self.uid = hexed(e["uid"], "uid of an inspector", 20)
        self.dept = integer(e["dept"], "dept of an inspector", 0, U32)
        self.flags = integer(e["flags"], "flags", 0, 0xFFFF)
        self.salt, self.attributes = salt(e["salt"]), e["attributes"]
        a = obj(self.attributes, "attributes of an inspector", "from to items unit street leave")
        self.begins, self.ends = day(a["from"], "from"), day(a["to"], "to")
        items = [string(i, "an item").encode() for i in array(a["items"], "items")]
        need(ascending(items), "body", "the items of an inspector do not ascend")
        self.items = set(a["items"])
        string(a["unit"], "unit")
        self.street = string(a["street"], "street", 1)
        for pair in array(a["leave"], "leave"):
            for date in array(pair, "a leave", 2, 2):
                day(date, "a day of a leave")
        self.leave = a["leave"]

    @property
    def of_district(self):
        return bool(self.flags & 1)

    @property
    def expert(self):
        return bool(self.flags & 2)

    def on_duty(self, first, last):
        """Whether the certificate holds on all days, and no leave touches them (section 6)."""
        return self.begins <= first and last <= self.ends and not any(a <= last and first <= b for a, b in self.leave)


def salt(value):
    matches(value, "a salt", "([0-9a-f]{2}){16,32}")
    return bytes.fromhex(value)


def attr(h, salted, attributes):
    """The 28 bytes that bind attributes (section 3)."""
    return h.TH("attr", salted, canonical(attributes))[:28]


class Subject:
    """A row of a frame: uid, stratum, balls, attr (54 bytes)."""

    def __init__(self, row):
        self.uid, self.stratum = row[:20], int.from_bytes(row[20:24], "big")
        self.balls, self.attr = int.from_bytes(row[24:26], "big"), row[26:]


class FrameData:
    def __init__(self, e, area):
        obj(e, "a frame of the data", "subjects exempt visited")
        self.rows, self.exempt = packed(e["subjects"], "subjects", 54), packed(e["exempt"], "exempt", 54)
        self.subjects = [Subject(row) for row in self.rows]
        self.by_uid = {s.uid: s for s in self.subjects}
        self.visited, self.streets = [], {}
        for v in array(e["visited"], "visited"):
            obj(v, "a visit", "uid salt attributes")
            uid, salted = hexed(v["uid"], "uid of a visit", 20), salt(v["salt"])
            need(type(v["attributes"]) is dict, "body", "attributes is no object")
            self.streets[uid] = string(v["attributes"].get("street"), "street", 1)
            self.visited.append((uid, salted, v["attributes"]))
        need(area == "other-street" or not self.visited, "body", "visited is for the area other-street alone")


class Data:
    """Everything that was drawn from. The constructor checks forms (step 4), check_roots what they must lead to (step 9)."""

    def __init__(self, e, plan):
        obj(e, "data", "frames inspectors conflicts")
        frames = len(plan["frames"])
        self.frames = [FrameData(f, plan["team"]["area"]) for f in array(e["frames"], "frames of the data", frames, frames)]
        self.inspectors = [Inspector(i) for i in array(e["inspectors"], "inspectors")]
        self.conflict_rows = packed(e["conflicts"], "conflicts", 56)
        self.conflicts = {(row[:20], row[20:40]) for row in self.conflict_rows}

    def check_roots(self, h, plan):
        def lead(what, keys, leaves, root):
            need(ascending(keys), "root", what + " are not in order")
            for key in keys:
                need(all(uid_ok(key[i:i + 20]) for i in range(0, len(key), 20)), "root", "%s: %s is no uid" % (what, key.hex()))
            need(len(leaves) == root["size"], "root", "%s: the plan has %d" % (what, root["size"]))
            need(h.root(leaves).hex() == root["root"], "root", what + " do not lead to the root of the plan")

        row_leaf = lambda row: h.H(b"\x00" + row)
        for data, frame in zip(self.frames, plan["frames"]):
            uids, exempt = [row[:20] for row in data.rows], [row[:20] for row in data.exempt]
            lead("subjects", uids, [row_leaf(row) for row in data.rows], frame["frame"])
            lead("exempt", exempt, [row_leaf(row) for row in data.exempt], frame["exempt"])
            for row in data.exempt:
                need(1 <= int.from_bytes(row[20:24], "big") <= 4, "root", "the reason of an exemption is unknown")
                need(row[24:26] == b"\0\0", "root", "an exempt subject has balls")
            need(not set(uids) & set(exempt), "root", "a subject is in the frame and exempt")
            registry = sorted(uids + exempt)
            lead("registry", registry, [row_leaf(uid) for uid in registry], frame["registry"])
            counts = {s["id"]: 0 for s in frame["strata"]}
            designs = {s["id"]: s["design"] for s in frame["strata"]}
            for s in data.subjects:
                need(s.stratum in counts, "root", "there is no stratum %d" % s.stratum)
                counts[s.stratum] += 1
                need(s.balls <= 64 or designs[s.stratum] != "balls", "root", "a subject has %d balls" % s.balls)
            for s in frame["strata"]:
                need(counts[s["id"]] == s["size"], "root", "stratum %d has %d subjects" % (s["id"], counts[s["id"]]))
            need(ascending([uid for uid, _, _ in data.visited]), "root", "visited are not in order")
            for uid, salted, attributes in data.visited:
                need(uid in data.by_uid and data.by_uid[uid].attr == attr(h, salted, attributes), "root",
                     "the attributes of %s do not fit" % uid.hex())
        need(all(i.flags < 4 for i in self.inspectors), "root", "an inspector has an unknown flag")
        lead("inspectors", [i.uid for i in self.inspectors],
             [row_leaf(i.uid + u32(i.dept) + u16(i.flags) + attr(h, i.salt, i.attributes)) for i in self.inspectors],
             plan["inspectors"])
        lead("conflicts", [row[:40] for row in self.conflict_rows],
             [h.TH("coi", row[:20], row[20:40], row[40:]) for row in self.conflict_rows], plan["conflicts"])


# ---------------------------------------------------------------------------
# Sections 4 to 6. The draw, computed again
# ---------------------------------------------------------------------------

def pareto_aims(n, weights):
    """Aims in ppm of subjects with these weights, all above 0 (section 5, Pareto)."""
    aims, left, total = [None] * len(weights), n, sum(weights)
    while True:
        certain = [i for i, w in enumerate(weights) if aims[i] is None and left * w >= total]
        if not certain:
            break
        for i in certain:
            aims[i] = 10**6
        left -= len(certain)
        total -= sum(weights[i] for i in certain)
    return [left * w * 10**6 // total if aim is None else aim for aim, w in zip(aims, weights)]


def draw_stratum(h, key, stratum, pool, n):
    """Who is drawn of a stratum: (ticket, uid) in the order of the ranks (section 5)."""
    design = stratum["design"]
    if design == "balls":
        tickets = [(min(h.ticket(key, s.uid, c, 1) for c in range(s.balls)), s.uid) for s in pool if s.balls]
        return sorted(tickets)[:n]
    if design == "pareto":
        pool = [s for s in pool if s.balls]
        aims = pareto_aims(n, [s.balls for s in pool])
        entries = []
        for s, p in zip(pool, aims):
            t = h.ticket(key, s.uid, 0, 1)
            u = 2 * int.from_bytes(t[:8], "big") + 1
            entries.append((u * (10**6 - p), (2**65 - u) * p, t, s.uid))

        def compare(a, b):      # a[0]/a[1] against b[0]/b[1], then ticket, then uid
            left, right = a[0] * b[1], b[0] * a[1]
            if left != right:
                return -1 if left < right else 1
            return -1 if a[2:] < b[2:] else 1
        return [(t, uid) for _, _, t, uid in sorted(entries, key=functools.cmp_to_key(compare))[:n]]
    tickets = sorted((h.ticket(key, s.uid, 0, 1), s.uid) for s in pool)
    if design == "srs":
        return tickets[:n]
    if design == "poisson":
        return [t for t in tickets if int.from_bytes(t[0][:8], "big") * 10**6 < stratum["ppm"] * 2**64]
    return tickets              # census


class Visit:
    """A subject drawn in one frame, and its team: uids of inspectors by slot, b"" where a slot is empty."""

    def __init__(self, frame, uid, first, last, size):
        self.frame, self.uid, self.first, self.last = frame, uid, first, last
        self.team, self.left = [b""] * size, set()


class Again:
    """One attempt, computed again: the methods are named as the types of records, and compare with what was recorded."""

    def __init__(self, h, attempt, data, elements, digest):
        self.h, self.attempt, self.data, self.elements, self.digest = h, attempt, data, elements, digest
        self.frames, self.rules = attempt.body["frames"], attempt.body["team"]
        self.visits = [[] for _ in self.frames]         # by number
        self.drawn = [{} for _ in self.frames]          # visit by uid
        self.void_uids, self.voided = set(), {}         # uids; uid by seq of its void
        self.loads = {i.uid: 0 for i in data.inspectors}
        self.inspectors = [[i for i in data.inspectors if i.dept == f["dept"] and not i.expert] for f in self.frames]
        self.latest = []                                # visits of the draw that waits for its teams, per frame

    def key(self, p, use):
        """K_p(u) of section 4."""
        return self.h.TH("key", self.attempt.seed, u8(p), u32(use), *self.elements[use])

    def keep(self, **computed):
        self.digest.update(canonical(computed) + b"\n")

    def result_leaf(self, use, uid, ticket, rank):
        return self.h.TH("res", uid, ticket, u32(rank), self.h.ticket(self.key(8, use), uid, 0, 8))

    def team_leaf(self, use, visit):
        return self.h.TH("team", visit.uid, u32(self.frames[visit.frame]["dept"]), *visit.team,
                         self.h.ticket(self.key(8, use), visit.uid, 1, 8))

    def add_visit(self, frame, uid, first, last):
        visit = Visit(frame, uid, first, last, self.rules["size"])
        self.visits[frame].append(visit)
        self.drawn[frame][uid] = visit
        return visit

    def pool(self, frame, stratum):
        """Those of a stratum that nothing drew yet in the frame, and that are not void."""
        return [s for s in self.data.frames[frame].subjects
                if s.stratum == stratum["id"] and s.uid not in self.drawn[frame] and s.uid not in self.void_uids]

    # -- draw (section 5) ----------------------------------------------------------------------------------------------

    def draw(self, seq, b):
        use, days = b["use"], self.attempt.times["days"]
        first, last = [days[b["day"]]["date"]] * 2 if days else self.attempt.times["window"]
        self.latest, roots = [], []
        for f, frame in enumerate(self.frames):
            ranked = {}
            for stratum in frame["strata"]:
                n = stratum["days"][b["day"]] if days else quota(stratum)
                picked = draw_stratum(self.h, self.key(1, use), stratum, self.pool(f, stratum), n)
                ranked.update((uid, (ticket, rank)) for rank, (ticket, uid) in enumerate(picked))
            self.latest.append([self.add_visit(f, uid, first, last) for uid in sorted(ranked)])
            leaves = [self.result_leaf(use, uid, *ranked[uid]) for uid in sorted(ranked)]
            roots.append({"root": self.h.root(leaves).hex(), "size": len(leaves)})
        self.keep(seq=seq, results=roots)
        for f, (ours, theirs) in enumerate(zip(roots, b["results"])):
            need(ours == theirs, "draw", "frame %d: the results computed are %s" % (f, canonical(ours).decode()))

    # -- teams (section 6) ---------------------------------------------------------------------------------------------

    def street(self, visit):
        streets = self.data.frames[visit.frame].streets
        need(visit.uid in streets, "root", "visited lacks %s" % visit.uid.hex())
        return streets[visit.uid]

    def eligible(self, visit, slot):
        """The inspectors that may take a slot, whoever is in the team."""
        items, area = set(self.frames[visit.frame]["items"]), self.rules["area"]
        if area == "other-street":
            street = self.street(visit)
        fit = []
        for j in self.inspectors[visit.frame]:
            qualified = items <= j.items if slot == 0 else items & j.items
            if area == "other-street":
                allowed = j.street != street
            else:
                allowed = area == "any" or j.of_district
            if (qualified and allowed and j.on_duty(visit.first, visit.last)
                    and (visit.uid, j.uid) not in self.data.conflicts):
                fit.append(j.uid)
        return fit

    def choose(self, visit, slot, candidates, key, p):
        """The least (load, ticket, uid) of the candidates, or b""."""
        if not candidates:
            return b""
        least = min(self.loads[j] for j in candidates)
        own = self.h.ticket(key, visit.uid, 0, p)
        return min((self.h.ticket(own, j, slot, p), j) for j in candidates if self.loads[j] == least)[1]

    def first_pass(self, visits, key):
        for visit in visits:
            for slot in range(len(visit.team)):
                free = [j for j in self.eligible(visit, slot) if j not in visit.team]
                visit.team[slot] = self.choose(visit, slot, free, key, 4)
                if visit.team[slot]:
                    self.loads[visit.team[slot]] += 1

    def second_pass(self, frame, visits, key):
        """Moves slots along paths from the most loaded, until no path is left."""
        ranked = [j.uid for j in self.inspectors[frame]]
        ranked.sort(key=lambda j: (self.h.ticket(key, j, 0xFFFF, 4), j))
        rank = {j: n for n, j in enumerate(ranked)}
        fit = {}                                        # eligible inspectors in rank, by visit and kind of slot
        held = {j: set() for j in ranked}               # slots of this draw, by inspector
        for n, visit in enumerate(visits):
            for slot, j in enumerate(visit.team):
                if slot < 2:
                    fit[n, slot] = sorted(self.eligible(visit, slot), key=rank.get)
                if j:
                    held[j].add((n, slot))

        def path(source, marked):
            """(reached, end): from whom and over which slot each was reached; end is None if nobody is far enough below."""
            reached, queue = {source: None}, [source]
            for j in queue:
                for n, slot in sorted(held[j]):
                    for other in fit[n, min(slot, 1)]:
                        if other in visits[n].team or other in reached or other in marked:
                            continue
                        reached[other] = (j, n, slot)
                        if self.loads[other] <= self.loads[source] - 2:
                            return reached, other
                        queue.append(other)
            return reached, None

        shifted = bool(ranked)
        while shifted:
            shifted, marked = False, set()
            while True:
                least = min(self.loads[j] for j in ranked)
                sources = [j for j in ranked if j not in marked and self.loads[j] >= least + 2]
                if not sources:
                    break
                source = max(sources, key=lambda j: (self.loads[j], -rank[j]))
                reached, end = path(source, marked)
                if end is None:
                    marked.update(reached)
                    continue
                shifted = True
                self.loads[source] -= 1
                self.loads[end] += 1
                while reached[end] is not None:
                    j, n, slot = reached[end]
                    visits[n].team[slot] = end
                    held[j].remove((n, slot))
                    held[end].add((n, slot))
                    end = j

    def assign(self, seq, b):
        use = self.attempt.draws[b["day"]]["use"]
        order, key = self.key(3, use), self.key(4, use)
        roots, low, unfilled = [], 0, 0
        for f, drawn in enumerate(self.latest):
            visits = sorted(drawn, key=lambda v: (self.h.ticket(order, v.uid, 0, 3), v.uid))
            self.first_pass(visits, key)
            self.second_pass(f, visits, key)
            for visit in visits:
                low += sum(len(self.eligible(visit, slot)) < 5 for slot in range(len(visit.team)))
                unfilled += visit.team.count(b"")
            leaves = [self.team_leaf(use, visit) for visit in drawn]
            roots.append({"root": self.h.root(leaves).hex(), "size": len(leaves)})
        self.keep(seq=seq, teams=roots, low=low, unfilled=unfilled)
        for f, (ours, theirs) in enumerate(zip(roots, b["teams"])):
            need(ours == theirs, "assign", "frame %d: the teams computed are %s" % (f, canonical(ours).decode()))
        need(low == b["low"], "assign", "low is %d" % low)
        need(unfilled == b["unfilled"], "assign", "unfilled is %d" % unfilled)

    # -- visits, voids, substitutes, recusals (section 6) --------------------------------------------------------------

    def open(self, _, b):
        uid = bytes.fromhex(b["uid"])
        need(any(uid in drawn for drawn in self.drawn), "open", "%s was not drawn" % b["uid"])

    def void(self, seq, b):
        uid = bytes.fromhex(b["uid"])
        need(any(uid in drawn for drawn in self.drawn), "void", "%s was not drawn" % b["uid"])
        self.void_uids.add(uid)
        self.voided[seq] = uid
        for drawn in self.drawn:
            if uid in drawn:
                for j in drawn[uid].team:
                    if j:
                        self.loads[j] -= 1              # visits of void subjects are no load

    def successors(self, uid):
        """The frames that drew a void subject, and its stratum there, where a substitute is due."""
        due = []
        for f, frame in enumerate(self.frames):
            if uid in self.drawn[f]:
                number = self.data.frames[f].by_uid[uid].stratum
                stratum = next(s for s in frame["strata"] if s["id"] == number)
                if stratum["design"] in ("srs", "balls", "pareto"):
                    due.append((f, stratum))
        return due

    def substitute(self, seq, b):
        uid, use, picks = self.voided[b["void"]], b["use"], []
        for f, stratum in self.successors(uid):
            pool = [s for s in self.pool(f, stratum) if s.balls or stratum["design"] == "srs"]
            pick = {"frame": f, "stratum": stratum["id"], "leaf": "", "team": ""}
            if pool:
                ticket, picked = min((self.h.ticket(self.key(2, use), s.uid, 0, 2), s.uid) for s in pool)
                old = self.drawn[f][uid]
                visit = self.add_visit(f, picked, old.first, old.last)
                self.first_pass([visit], self.key(4, use))
                pick["leaf"] = self.result_leaf(use, picked, ticket, U32).hex()
                pick["team"] = self.team_leaf(use, visit).hex()
            picks.append(pick)
        self.keep(seq=seq, picks=picks)
        need(picks == b["picks"], "substitute", "the picks computed are " + canonical(picks).decode())

    def recuse(self, seq, b):
        visit, slot, use = self.visits[b["frame"]][b["visit"]], b["slot"], b["use"]
        need(visit.uid not in self.void_uids, "recuse", "the subject of the visit is void")
        need(visit.team[slot], "recuse", "nobody is in this slot")
        free = [j for j in self.eligible(visit, slot) if j not in visit.team and j not in visit.left]
        self.loads[visit.team[slot]] -= 1
        visit.left.add(visit.team[slot])
        visit.team[slot] = self.choose(visit, slot, free, self.key(5, use), 5)
        if visit.team[slot]:
            self.loads[visit.team[slot]] += 1
        team = self.team_leaf(use, visit).hex()
        self.keep(seq=seq, team=team)
        need(team == b["team"], "recuse", "the team computed is " + team)


# ---------------------------------------------------------------------------
# Section 9. The answer
# ---------------------------------------------------------------------------

class Answer:
    """line is VALID, INVALID or INCOMPLETE with its words; status what the program exits with."""

    def __init__(self, line, status, notes=(), digest=""):
        self.line, self.status, self.notes, self.digest = line, status, list(notes), digest


def verify(data, sealed=None, mirrors=()):
    """The answer about a transcript: its bytes, those of the sealed file if at hand, and those of mirrors."""
    transcript = Transcript(sealed)
    lines = data.split(b"\n")
    last = lines.pop()          # empty, if the file ends with LF
    try:
        for line in lines:
            transcript.read(line)
        need(last == b"", "form", "the file does not end with LF")
        for mirror in mirrors:
            if not data.startswith(mirror):
                same = len(os.path.commonprefix([data, mirror]))
                raise Invalid("mirror", "a mirror differs", data[:same].count(b"\n"))
        words = transcript.conclude()
    except Invalid as reason:
        record = transcript.count if reason.record is None else reason.record
        return Answer("INVALID at record %d: %s" % (record, reason), 1)
    except Incomplete as what:
        return Answer("INCOMPLETE: missing %s" % what, 3, transcript.notes, transcript.digest.hexdigest())
    notes = transcript.notes + ["to be compared with the mirrors: head %s" % transcript.prev.hex()]
    return Answer("VALID " + words, 0, notes, transcript.digest.hexdigest())


# ---------------------------------------------------------------------------
# Appendix A. SM3, GB/T 32905-2016 (suite 2)
# ---------------------------------------------------------------------------

_SM3_START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)
_MASK32 = 0xFFFFFFFF


def _rotl32(x, n):
    n %= 32
    return ((x << n) | (x >> (32 - n))) & _MASK32


# The constants T_j of section 4.2 of the standard, already rotated by j.
_SM3_T = tuple(_rotl32(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64))


def sm3(message):
    """The SM3 digest of a message (GB/T 32905-2016, section 5). The rotations are written out: it is the slowest part."""
    data = message + b"\x80" + bytes(-(len(message) + 9) % 64) + (8 * len(message)).to_bytes(8, "big")
    state = _SM3_START
    for start in range(0, len(data), 64):
        w = [int.from_bytes(data[start + i:start + i + 4], "big") for i in range(0, 64, 4)]
        for j in range(16, 68):
            x, y = w[j - 3], w[j - 13]
            x = w[j - 16] ^ w[j - 9] ^ ((x << 15 | x >> 17) & _MASK32)
            x ^= (x << 15 | x >> 17) ^ (x << 23 | x >> 9) ^ (y << 7 | y >> 25)      # P1(x) and w[j-13] <<< 7
            w.append((x ^ w[j - 6]) & _MASK32)
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            a12 = (a << 12 | a >> 20) & _MASK32
            x = (a12 + e + _SM3_T[j]) & _MASK32
            ss1 = (x << 7 | x >> 25) & _MASK32
            if j < 16:
                ff, gg = a ^ b ^ c, e ^ f ^ g
            else:
                ff, gg = (a & b) | (a & c) | (b & c), (e & f) | (~e & g)
            tt1 = (ff + d + (ss1 ^ a12) + (w[j] ^ w[j + 4])) & _MASK32
            tt2 = (gg + h + ss1 + w[j]) & _MASK32
            a, b, c, d = tt1, a, (b << 9 | b >> 23) & _MASK32, c
            p0 = (tt2 ^ (tt2 << 9 | tt2 >> 23) ^ (tt2 << 17 | tt2 >> 15)) & _MASK32
            e, f, g, h = p0, e, (f << 19 | f >> 13) & _MASK32, g
        state = tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h)))
    return b"".join(word.to_bytes(4, "big") for word in state)


# ---------------------------------------------------------------------------
# Appendix B. Ed25519, RFC 8032 section 5.1
# ---------------------------------------------------------------------------

_ED_P = 2**255 - 19
_ED_L = 2**252 + 27742317777372353535851937790883648493
_ED_D = -121665 * pow(121666, -1, _ED_P) % _ED_P
_ED_I = pow(2, (_ED_P - 1) // 4, _ED_P)
_ED_ZERO = (0, 1, 1, 0)


def _ed_decode(data):
    """A point from its 32 bytes (section 5.1.3), or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _ED_P:
        return None
    u, v = (y * y - 1) % _ED_P, (_ED_D * y * y + 1) % _ED_P
    x = u * pow(v, 3, _ED_P) * pow(u * pow(v, 7, _ED_P), (_ED_P - 5) // 8, _ED_P) % _ED_P
    if v * x * x % _ED_P != u:
        x = x * _ED_I % _ED_P
        if v * x * x % _ED_P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = _ED_P - x
    return (x, y, 1, x * y % _ED_P)


def _ed_add(p, q):
    """Addition in extended coordinates (section 5.1.4)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % _ED_P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _ED_P
    c = 2 * p[3] * q[3] * _ED_D % _ED_P
    d = 2 * p[2] * q[2] % _ED_P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _ED_P, g * h % _ED_P, f * g % _ED_P, e * h % _ED_P)


def _ed_double(p):
    """Doubling in extended coordinates (section 5.1.4)."""
    a, b, c = p[0] * p[0], p[1] * p[1], 2 * p[2] * p[2]
    h, e, g = a + b, a + b - (p[0] + p[1])**2, a - b
    f = c + g
    return (e * f % _ED_P, g * h % _ED_P, f * g % _ED_P, e * h % _ED_P)


def _ed_multiples(point):
    """0 to 15 times a point."""
    table = [_ED_ZERO]
    for _ in range(15):
        table.append(_ed_add(table[-1], point))
    return table


_ED_BASE = _ed_multiples(_ed_decode((4 * pow(5, -1, _ED_P) % _ED_P).to_bytes(32, "little")))


@functools.lru_cache(maxsize=1024)
def _ed_minus(key):
    """0 to 15 times the negative of a key's point, or None if it is no point."""
    point = _ed_decode(key)
    return point and _ed_multiples((_ED_P - point[0], point[1], 1, _ED_P - point[3]))


def ed25519_verify(key, message, signature):
    """Whether a signature of 64 bytes is right (section 5.1.7: [S]B = R + [k]A, without the cofactor, S < L)."""
    minus = _ed_minus(key)
    s = int.from_bytes(signature[32:], "little")
    if minus is None or s >= _ED_L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _ED_L
    total = _ED_ZERO                                    # [S]B + [k](-A), four bits of both at a time
    for shift in range(252, -1, -4):
        for _ in range(4):
            total = _ed_double(total)
        total = _ed_add(total, _ED_BASE[s >> shift & 15])
        total = _ed_add(total, minus[k >> shift & 15])
    inverse = pow(total[2], -1, _ED_P)
    x, y = total[0] * inverse % _ED_P, total[1] * inverse % _ED_P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# ---------------------------------------------------------------------------
# Appendix C. BLS12-381: the signatures of drand's quicknet
#
# G1: y^2 = x^3 + 4 over F_p; G2: y^2 = x^3 + 4(1+u) over F_p2 = F_p[u]/(u^2+1).
# Points are (x, y), None is the point at infinity. Nothing here is secret, so
# nothing takes care to run in constant time.
# ---------------------------------------------------------------------------

_P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
_R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
_X = 0xD201000000010000                                 # the curve's parameter is -_X
_HASH_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

QUICKNET_KEY = bytes.fromhex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a")

_G2_BASE = (
    (0x024AA2B2F08F0A91260805272DC51051C6E47AD4FA403B02B4510B647AE3D1770BAC0326A805BBEFD48056C8C121BDB8,
     0x13E02B6052719F607DACD3A088274F65596BD0D09920B61AB5DA61BBDC7F5049334CF11213945D57E5AC7D055D042B7E),
    (0x0CE5D527727D6E118CC9CDC6DA2E351AADFD9BAA8CBDD3A76D429A695160D12C923AC9CC3BACA289E193548608B82801,
     0x0606C4A02EA734CC32ACD2B02BC28B99CB3E287E85A763AF267492AB572E99AB3F370D275CEC1DA1AAA9075FF05F79BE))


def _sqrt(a):
    """A square root modulo p, or None."""
    root = pow(a, (_P + 1) // 4, _P)
    return root if root * root % _P == a % _P else None


def _mul2(a, b):
    return ((a[0] * b[0] - a[1] * b[1]) % _P, (a[0] * b[1] + a[1] * b[0]) % _P)


def _sub2(a, b):
    return ((a[0] - b[0]) % _P, (a[1] - b[1]) % _P)


def _inv2(a):
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, _P)
    return (a[0] * norm % _P, -a[1] * norm % _P)


def _sqrt2(a):
    """A square root in F_p2 by way of the norm, or None."""
    norm = _sqrt((a[0] * a[0] + a[1] * a[1]) % _P)
    if norm is None:
        return None
    half = pow(2, -1, _P)
    for x in ((a[0] + norm) * half % _P, (a[0] - norm) * half % _P):
        c0 = _sqrt(x)
        if c0:
            root = (c0, a[1] * pow(2 * c0, -1, _P) % _P)
            if _mul2(root, root) == (a[0] % _P, a[1] % _P):
                return root
    return None


def _g1_add(p, q):
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0]:
        if (p[1] + q[1]) % _P == 0:
            return None
        slope = 3 * p[0] * p[0] * pow(2 * p[1], -1, _P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, _P)
    x = (slope * slope - p[0] - q[0]) % _P
    return (x, (slope * (p[0] - x) - p[1]) % _P)


def _g1_mul(n, p):
    total = None
    for bit in bin(n)[2:]:
        total = _g1_add(total, total)
        if bit == "1":
            total = _g1_add(total, p)
    return total


def _g2_slope(p, q):
    """The slope of the line through two points of G2 that are neither at infinity nor opposite."""
    if p == q:
        square = _mul2(p[0], p[0])
        return _mul2((3 * square[0], 3 * square[1]), _inv2((2 * p[1][0], 2 * p[1][1])))
    return _mul2(_sub2(q[1], p[1]), _inv2(_sub2(q[0], p[0])))


def _g2_third(p, q, slope):
    """p + q, when the slope of their line is known."""
    x = _sub2(_sub2(_mul2(slope, slope), p[0]), q[0])
    return (x, _sub2(_mul2(slope, _sub2(p[0], x)), p[1]))


def _g1_decode(data):
    """A point of order r from its 48 compressed bytes; None when it is anything else, infinity too."""
    value = int.from_bytes(data, "big")
    compressed, infinity, sign, x = value >> 383, value >> 382 & 1, value >> 381 & 1, value & (2**381 - 1)
    if not compressed or infinity or x >= _P:
        return None
    y = _sqrt((x**3 + 4) % _P)
    if y is None:
        return None
    if (y > (_P - 1) // 2) != bool(sign):
        y = _P - y
    return (x, y) if _g1_mul(_R, (x, y)) is None else None


def _g2_decode(data):
    """The point of 96 compressed bytes. Only the one key above is ever read, so its order is not checked here."""
    high, low = int.from_bytes(data[:48], "big"), int.from_bytes(data[48:], "big")
    x = (low, high & (2**381 - 1))
    cube = _mul2(_mul2(x, x), x)
    y = _sqrt2((cube[0] + 4, cube[1] + 4))
    if (y[1] or y[0]) * 2 > _P:
        y = (-y[0] % _P, -y[1] % _P)
    return (x, (-y[0] % _P, -y[1] % _P)) if high >> 381 & 1 else (x, y)


def _mul12(a, b):
    """Multiplication in F_p12 = F_p2[w]/(w^6 - (1+u)); an element is its six coefficients."""
    re, im = [0] * 11, [0] * 11
    for i, (a0, a1) in enumerate(a):
        if a0 or a1:
            for j, (b0, b1) in enumerate(b):
                re[i + j] += a0 * b0 - a1 * b1
                im[i + j] += a0 * b1 + a1 * b0
    for i in range(5):                                  # w^6 = 1 + u
        re[i] += re[i + 6] - im[i + 6]
        im[i] += re[i + 6] + im[i + 6]
    return [(re[i] % _P, im[i] % _P) for i in range(6)]


_ONE12 = [(1, 0)] + [(0, 0)] * 5


def _miller(p, q):
    """Miller's loop of the ate pairing of p in G1 and q in G2.

    The point (x, y) of G2 lies on the curve of G1 as (x/w^2, y/w^3). A line of slope m through it, at p, is then
    p.y w^3 - m p.x w^2 + (m x - y), up to a factor that the last power takes away, as it does vertical lines.
    """
    def line(slope):
        c = _sub2(_mul2(slope, t[0]), t[1])
        return [c, (0, 0), (-slope[0] * p[0] % _P, -slope[1] * p[0] % _P), (p[1], 0), (0, 0), (0, 0)]

    f, t = _ONE12, q
    for bit in bin(_X)[3:]:
        slope = _g2_slope(t, t)
        f = _mul12(_mul12(f, f), line(slope))
        t = _g2_third(t, t, slope)
        if bit == "1":
            slope = _g2_slope(t, q)
            f = _mul12(f, line(slope))
            t = _g2_third(t, q, slope)
    return f


def _pairings_cancel(pairs):
    """Whether the product of the pairings is one."""
    f = _ONE12
    for p, q in pairs:
        f = _mul12(f, _miller(p, q))
    power = _ONE12
    for bit in bin((_P**12 - 1) // _R)[2:]:             # plain, not fast: half a second
        power = _mul12(power, power)
        if bit == "1":
            power = _mul12(power, f)
    return power == _ONE12


def _expand_message(message, tag, length):
    """expand_message_xmd of RFC 9380 section 5.3.1 with SHA-256."""
    sha = lambda data: hashlib.sha256(data).digest()
    suffix = tag + u8(len(tag))
    b0 = sha(bytes(64) + message + u16(length) + b"\x00" + suffix)
    blocks = [sha(b0 + b"\x01" + suffix)]
    while 32 * len(blocks) < length:
        mixed = bytes(x ^ y for x, y in zip(b0, blocks[-1]))
        blocks.append(sha(mixed + u8(len(blocks) + 1) + suffix))
    return b"".join(blocks)[:length]


def _map_to_g1(u):
    """The simplified SWU map (RFC 9380 section 6.6.2, Z = 11) and the 11-isogeny of appendix E.2."""
    a, b = _ISO_A, _ISO_B
    t = (121 * pow(u, 4, _P) + 11 * u * u) % _P
    x = (-b * pow(a, -1, _P) * (1 + pow(t, -1, _P)) if t else b * pow(11 * a, -1, _P)) % _P
    y = _sqrt((x**3 + a * x + b) % _P)
    if y is None:
        x = 11 * u * u * x % _P
        y = _sqrt((x**3 + a * x + b) % _P)
    if y % 2 != u % 2:
        y = _P - y

    def polynomial(coefficients):
        total = 0
        for c in reversed(coefficients):
            total = (total * x + c) % _P
        return total

    x_num, x_den, y_num, y_den = (polynomial(c) for c in (_ISO_X_NUM, _ISO_X_DEN, _ISO_Y_NUM, _ISO_Y_DEN))
    if x_den == 0 or y_den == 0:
        return None
    return (x_num * pow(x_den, -1, _P) % _P, y * y_num * pow(y_den, -1, _P) % _P)


def hash_to_g1(message, tag=_HASH_TAG):
    """hash_to_curve of RFC 9380 section 3, suite BLS12381G1_XMD:SHA-256_SSWU_RO_ (section 8.8.1)."""
    data = _expand_message(message, tag, 128)
    u0, u1 = (int.from_bytes(data[i:i + 64], "big") % _P for i in (0, 64))
    return _g1_mul(_X + 1, _g1_add(_map_to_g1(u0), _map_to_g1(u1)))


@functools.lru_cache(maxsize=None)
def quicknet_verify(round_number, signature):
    """Whether 48 bytes are quicknet's signature of a round (section 8, outside sources; BLS signatures on G1)."""
    point = _g1_decode(signature)
    if point is None:
        return False
    message = hash_to_g1(hashlib.sha256(u64(round_number)).digest())
    minus = (point[0], _P - point[1])
    return _pairings_cancel([(minus, _G2_BASE), (message, _g2_decode(QUICKNET_KEY))])


# RFC 9380 appendix E.2: the curve y^2 = x^3 + A'x + B' and the coefficients of the isogeny, lowest power first.
_ISO_A = 0x00144698A3B8E9433D693A02C96D4982B0EA985383EE66A8D8E8981AEFD881AC98936F8DA0E0F97F5CF428082D584C1D
_ISO_B = 0x12E2908D11688030018B12E8753EEE3B2016C1F0F24F4070A0B9C14FCEF35EF55A23215A316CEAA5D1CC48E98E172BE0
_ISO_X_NUM = (
    0x11A05F2B1E833340B809101DD99815856B303E88A2D7005FF2627B56CDB4E2C85610C2D5F2E62D6EAEAC1662734649B7,
    0x17294ED3E943AB2F0588BAB22147A81C7C17E75B2F6A8417F565E33C70D1E86B4838F2A6F318C356E834EEF1B3CB83BB,
    0x0D54005DB97678EC1D1048C5D10A9A1BCE032473295983E56878E501EC68E25C958C3E3D2A09729FE0179F9DAC9EDCB0,
    0x1778E7166FCC6DB74E0609D307E55412D7F5E4656A8DBF25F1B33289F1B330835336E25CE3107193C5B388641D9B6861,
    0x0E99726A3199F4436642B4B3E4118E5499DB995A1257FB3F086EEB65982FAC18985A286F301E77C451154CE9AC8895D9,
    0x1630C3250D7313FF01D1201BF7A74AB5DB3CB17DD952799B9ED3AB9097E68F90A0870D2DCAE73D19CD13C1C66F652983,
    0x0D6ED6553FE44D296A3726C38AE652BFB11586264F0F8CE19008E218F9C86B2A8DA25128C1052ECADDD7F225A139ED84,
    0x17B81E7701ABDBE2E8743884D1117E53356DE5AB275B4DB1A682C62EF0F2753339B7C8F8C8F475AF9CCB5618E3F0C88E,
    0x080D3CF1F9A78FC47B90B33563BE990DC43B756CE79F5574A2C596C928C5D1DE4FA295F296B74E956D71986A8497E317,
    0x169B1F8E1BCFA7C42E0C37515D138F22DD2ECB803A0C5C99676314BAF4BB1B7FA3190B2EDC0327797F241067BE390C9E,
    0x10321DA079CE07E272D8EC09D2565B0DFA7DCCDDE6787F96D50AF36003B14866F69B771F8C285DECCA67DF3F1605FB7B,
    0x06E08C248E260E70BD1E962381EDEE3D31D79D7E22C837BC23C0BF1BC24C6B68C24B1B80B64D391FA9C8BA2E8BA2D229,
)
_ISO_X_DEN = (
    0x08CA8D548CFF19AE18B2E62F4BD3FA6F01D5EF4BA35B48BA9C9588617FC8AC62B558D681BE343DF8993CF9FA40D21B1C,
    0x12561A5DEB559C4348B4711298E536367041E8CA0CF0800C0126C2588C48BF5713DAA8846CB026E9E5C8276EC82B3BFF,
    0x0B2962FE57A3225E8137E629BFF2991F6F89416F5A718CD1FCA64E00B11ACEACD6A3D0967C94FEDCFCC239BA5CB83E19,
    0x03425581A58AE2FEC83AAFEF7C40EB545B08243F16B1655154CCA8ABC28D6FD04976D5243EECF5C4130DE8938DC62CD8,
    0x13A8E162022914A80A6F1D5F43E7A07DFFDFC759A12062BB8D6B44E833B306DA9BD29BA81F35781D539D395B3532A21E,
    0x0E7355F8E4E667B955390F7F0506C6E9395735E9CE9CAD4D0A43BCEF24B8982F7400D24BC4228F11C02DF9A29F6304A5,
    0x0772CAACF16936190F3E0C63E0596721570F5799AF53A1894E2E073062AEDE9CEA73B3538F0DE06CEC2574496EE84A3A,
    0x14A7AC2A9D64A8B230B3F5B074CF01996E7F63C21BCA68A81996E1CDF9822C580FA5B9489D11E2D311F7D99BBDCC5A5E,
    0x0A10ECF6ADA54F825E920B3DAFC7A3CCE07F8D1D7161366B74100DA67F39883503826692ABBA43704776EC3A79A1D641,
    0x095FC13AB9E92AD4476D6E3EB3A56680F682B4EE96F7D03776DF533978F31C1593174E4B4B7865002D6384D168ECDD0A,
    1,
)
_ISO_Y_NUM = (
    0x090D97C81BA24EE0259D1F094980DCFA11AD138E48A869522B52AF6C956543D3CD0C7AEE9B3BA3C2BE9845719707BB33,
    0x134996A104EE5811D51036D776FB46831223E96C254F383D0F906343EB67AD34D6C56711962FA8BFE097E75A2E41C696,
    0x00CC786BAA966E66F4A384C86A3B49942552E2D658A31CE2C344BE4B91400DA7D26D521628B00523B8DFE240C72DE1F6,
    0x01F86376E8981C217898751AD8746757D42AA7B90EEB791C09E4A3EC03251CF9DE405ABA9EC61DECA6355C77B0E5F4CB,
    0x08CC03FDEFE0FF135CAF4FE2A21529C4195536FBE3CE50B879833FD221351ADC2EE7F8DC099040A841B6DAECF2E8FEDB,
    0x16603FCA40634B6A2211E11DB8F0A6A074A7D0D4AFADB7BD76505C3D3AD5544E203F6326C95A807299B23AB13633A5F0,
    0x04AB0B9BCFAC1BBCB2C977D027796B3CE75BB8CA2BE184CB5231413C4D634F3747A87AC2460F415EC961F8855FE9D6F2,
    0x0987C8D5333AB86FDE9926BD2CA6C674170A05BFE3BDD81FFD038DA6C26C842642F64550FEDFE935A15E4CA31870FB29,
    0x09FC4018BD96684BE88C9E221E4DA1BB8F3ABD16679DC26C1E8B6E6A1F20CABE69D65201C78607A360370E577BDBA587,
    0x0E1BBA7A1186BDB5223ABDE7ADA14A23C42A0CA7915AF6FE06985E7ED1E4D43B9B3F7055DD4EBA6F2BAFAAEBCA731C30,
    0x19713E47937CD1BE0DFD0B8F1D43FB93CD2FCBCB6CAF493FD1183E416389E61031BF3A5CCE3FBAFCE813711AD011C132,
    0x18B46A908F36F6DEB918C143FED2EDCC523559B8AAF0C2462E6BFE7F911F643249D9CDF41B44D606CE07C8A4D0074D8E,
    0x0B182CAC101B9399D155096004F53F447AA7B12A3426B08EC02710E807B4633F06C851C1919211F20D4C04F00B971EF8,
    0x0245A394AD1ECA9B72FC00AE7BE315DC757B3B080D4C158013E6632D3C40659CC6CF90AD1C232A6442D9D3F5DB980133,
    0x05C129645E44CF1102A159F748C4A3FC5E673D81D7E86568D9AB0F5D396A7CE46BA1049B6579AFB7866B1E715475224B,
    0x15E6BE4E990F03CE4EA50B3B42DF2EB5CB181D8F84965A3957ADD4FA95AF01B2B665027EFEC01C7704B456BE69C8B604,
)
_ISO_Y_DEN = (
    0x16112C4C3A9C98B252181140FAD0EAE9601A6DE578980BE6EEC3232B5BE72E7A07F3688EF60C206D01479253B03663C1,
    0x1962D75C2381201E1A0CBD6C43C348B885C84FF731C4D59CA4A10356F453E01F78A4260763529E3532F6102C2E49A03D,
    0x058DF3306640DA276FAAAE7D6E8EB15778C4855551AE7F310C35A5DD279CD2ECA6757CD636F96F891E2538B53DBF67F2,
    0x16B7D288798E5395F20D23BF89EDB4D1D115C5DBDDBCD30E123DA489E726AF41727364F2C28297ADA8D26D98445F5416,
    0x0BE0E079545F43E4B00CC912F8228DDCC6D19C9F0F69BBB0542EDA0FC9DEC916A20B15DC0FD2EDEDDA39142311A5001D,
    0x08D9E5297186DB2D9FB266EAAC783182B70152C65550D881C5ECD87B6F0F5A6449F38DB9DFA9CCE202C6477FAAF9B7AC,
    0x166007C08A99DB2FC3BA8734ACE9824B5EECFDFA8D0CF8EF5DD365BC400A0051D5FA9C01A58B1FB93D1A1399126A775C,
    0x16A3EF08BE3EA7EA03BCDDFABBA6FF6EE5A4375EFA1F4FD7FEB34FD206357132B920F5B00801DEE460EE415A15812ED9,
    0x1866C8ED336C61231A1BE54FD1D74CC4F9FB0CE4C6AF5920ABC5750C4BF39B4852CFE2F7BB9248836B233D9D55535D4A,
    0x167A55CDA70A6E1CEA820597D94A84903216F763E13D87BB5308592E7EA7D4FBC7385EA3D529B35E346EF48BB8913F55,
    0x04D2F259EEA405BD48F010A01AD2911D9C6DD039BB61A6290E591B36E636A5C871A5C29F4F83060400F8B49CBA8F6AA8,
    0x0ACCBB67481D033FF5852C1E48C50C477F94FF8AEFCE42D28C0F9A88CEA7913516F968986F7EBBEA9684B529E2561092,
    0x0AD6B9514C767FE3C3613144B45F1496543346D98ADF02267D5CEEF9A00D9B8693000763E3B90AC11E99B138573345CC,
    0x02660400EB2E4F3B628BDD0D53CD76F2BF565B94E72927C1CB748DF27942480E420517BD8714CC80D1FADC1326ED06F7,
    0x0E0FA1D816DDC03E6B24255E0D7819C171C40F65E273B853324EFCD6356CAA205CA2F570F13497804415473A1D634B8F,
    1,
)


# ---------------------------------------------------------------------------
# The published vectors
# ---------------------------------------------------------------------------

def check_vectors(v):
    """Yields (name, what was computed, what the vectors say) for every value in the file, and for the arithmetic of the
    appendices against published values. KeyError when the file has a group that is not known here."""
    known = "note firms TH uid frame seed ticket sm3 strat substitute balls ballsExact rfc3797".split()
    for name in v:
        if name not in known:
            raise KeyError(name)
    h, h2 = Hash(1), Hash(2)
    unhex = bytes.fromhex

    yield "TH.empty", h.TH("x").hex(), v["TH"]["empty"]
    yield "TH.one", h.TH("x", "").hex(), v["TH"]["one"]
    yield "TH.two", h.TH("x", "a", "bc").hex(), v["TH"]["two"]
    yield "uid.uid", [make_uid(h, 1, code).hex() for code in v["uid"]["uscc"]], v["uid"]["uid"]
    yield "uid.long", make_uid(h, 4, "place/beijing/xicheng/000123456789").hex(), v["uid"]["long"]

    firms, rows = v["firms"], []
    for f in firms:
        yield "firm %d uid" % f["i"], make_uid(h, 1, f["id"]).hex(), f["uid"]
        yield "firm %d credit code" % f["i"], uid_ok(unhex(f["uid"])), True
        bound = attr(h, unhex(f["salt"]), parse_canonical(f["attributes"].encode()))
        rows.append(unhex(f["uid"]) + u32(f["stratum"]) + u16(f["balls"]) + bound)
    yield "frame order", sorted(rows), rows
    leaves = [h.H(b"\x00" + row) for row in rows]
    yield "frame.n", len(rows), v["frame"]["n"]
    yield "frame.leaf0", leaves[0].hex(), v["frame"]["leaf0"]
    yield "frame.root", h.root(leaves).hex(), v["frame"]["root"]
    yield "frame.path5", [p.hex() for p in h.path(leaves, 5)], v["frame"]["path5"]

    s = v["seed"]
    plan = parse_canonical(s["planCanon"].encode())
    yield "seed.planCanon", canonical(plan).decode(), s["planCanon"]
    plan_hash = h.TH("plan", s["planCanon"])
    yield "seed.planHash", plan_hash.hex(), s["planHash"]
    secrets = [h.TH("demo-r", u8(i)) for i in range(3)]
    commits = [h.TH("commit", plan_hash, u8(i), r) for i, r in enumerate(secrets)]
    yield "seed.commits", [c.hex() for c in commits], s["commits"]
    close = h.TH("close", plan_hash, *commits, u64(plan["closeTime"]))
    yield "seed.close", close.hex(), s["close"]
    signature, number = unhex(s["drandSig"]), plan["beacons"][0]["round"]
    yield "seed.drandSig", quicknet_verify(number, signature), True
    yield "seed.drandSig of another round", quicknet_verify(number + 1, signature), False
    yield "seed.drandRandomness", sha256(signature).hex(), s["drandRandomness"]
    beacon = h.TH("beacon", DRAND, u64(number), sha256(signature))
    yield "seed.beacon", beacon.hex(), s["beacon"]
    seed = h.TH("seed", plan_hash, close, u8(3), *secrets, u8(1), beacon)
    yield "seed.seed", seed.hex(), s["seed"]
    absent = [secrets[0], b"", secrets[2]]
    seed_absent = h.TH("seed", plan_hash, close, u8(3), *absent, u8(1), beacon)
    yield "seed.seedIfWitness1Absent", seed_absent.hex(), s["seedIfWitness1Absent"]
    chain = [h.TH("demo-secret")]
    for _ in range(4):
        chain.append(h.TH("chain", plan["plan"], u8(0), chain[-1]))
    yield "seed.anchor", chain[4].hex(), s["anchor"]
    yield "seed.anchors", [chain[4].hex()], plan["anchors"]
    yield "seed.x3", chain[3].hex(), s["x3"]
    yield "seed.x2", chain[2].hex(), s["x2"]
    key = {}
    for name, p, use in (("K1", 1, 0), ("K3", 3, 0), ("K4", 4, 0), ("K2r1", 2, 1)):
        key[name] = h.TH("key", seed, u8(p), u32(use), chain[3 - use])
        yield "seed." + name, key[name].hex(), s[name]

    uids = [unhex(f["uid"]) for f in firms]
    yield "ticket.uid0_ctr0", h.ticket(key["K1"], uids[0], 0, 1).hex(), v["ticket"]["uid0_ctr0"]
    yield "ticket.uid0_ctr1", h.ticket(key["K1"], uids[0], 1, 1).hex(), v["ticket"]["uid0_ctr1"]
    yield "ticket.uid23_ctr7", h.ticket(key["K1"], uids[23], 7, 1).hex(), v["ticket"]["uid23_ctr7"]
    yield "ticket.zeroK_zeroU", h.ticket(bytes(32), bytes(20), 0, 0).hex(), v["ticket"]["zeroK_zeroU"]
    yield "sm3.abc", sm3(b"abc").hex(), v["sm3"]["abc"]
    yield "sm3.TH", h2.TH("x", "a", "bc").hex(), v["sm3"]["TH"]
    yield "sm3.ticket_zero", h2.ticket(bytes(32), bytes(20), 0, 0).hex(), v["sm3"]["ticket_zero"]
    yield "sm3.ticket", h2.ticket(key["K1"], uids[0], 0, 1).hex(), v["sm3"]["ticket"]

    ids, subjects = {unhex(f["uid"]): f["id"] for f in firms}, [Subject(row) for row in rows]
    drawn = set()
    for stratum in plan["strata"]:
        members = [x for x in subjects if x.stratum == stratum["id"]]
        n = quota(dict(stratum, size=len(members)))
        picked = draw_stratum(h, key["K1"], {"design": "srs"}, members, n)
        drawn.update(uid for _, uid in picked)
        yield "strat.%d" % stratum["id"], [[ids[u], t[:8].hex()] for t, u in picked], v["strat"][str(stratum["id"])]
    left = [x.uid for x in subjects if x.stratum == v["substitute"]["stratum"] and x.uid not in drawn]
    following = min((h.ticket(key["K2r1"], uid, 0, 2), uid) for uid in left)[1]
    yield "substitute", ids[following], v["substitute"]["next"]
    picked = draw_stratum(h, key["K1"], {"design": "balls"}, subjects, v["balls"]["n"])
    yield "balls", [ids[uid] for _, uid in picked], v["balls"]["pick"]
    yield "Pareto's aims", pareto_aims(6, [1] * 12 + [2] * 8 + [8] * 4), [100000] * 12 + [200000] * 8 + [800000] * 4
    for k in (2, 3):
        exact = successive_inclusion(v["ballsExact"]["w"], k)
        yield "ballsExact.k%d" % k, [str(p) for p in exact], v["ballsExact"]["k%d" % k]
    yield "rfc3797", *rfc3797(v["rfc3797"]["key"], 25, v["rfc3797"])

    # RFC 8032 section 7.1, test 2, and the same with one bit of S changed; RFC 9380 section J.9.1, the empty message
    public = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    good = unhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    yield "Ed25519", ed25519_verify(public, b"\x72", good), True
    yield "Ed25519, changed", ed25519_verify(public, b"\x72", good[:32] + bytes([good[32] ^ 1]) + good[33:]), False
    point = hash_to_g1(b"", b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_")
    yield "hash to G1", "%096x" % point[0], ("052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4"
                                             "e8cf62d9c09db0fac349612b759e79a1")


def successive_inclusion(weights, k):
    """The exact probability of each to be among k drawn one after the other by weight: what design balls amounts to."""
    total = [fractions.Fraction(0)] * len(weights)

    def go(left, chosen, probability):
        if len(chosen) == k:
            for i in chosen:
                total[i] += probability
            return
        rest = sum(weights[i] for i in left)
        for i in left:
            go([j for j in left if j != i], chosen + [i], probability * fractions.Fraction(weights[i], rest))

    go(list(range(len(weights))), [], fractions.Fraction(1))
    return total


def rfc3797(key, population, expected):
    """RFC 3797 section 6: not a part of SSJ1, but its example is in the vectors."""
    left, picks, digests = list(range(1, population + 1)), [], []
    for i in range(len(expected["picks"])):
        digests.append(hashlib.md5(u16(i) + key.encode() + u16(i)).hexdigest().upper())
        picks.append(left.pop(int(digests[-1], 16) % len(left)))
    return [picks, digests[0], digests[-1]], [expected["picks"], expected["md5_1"], expected["md5_16"]]


# ---------------------------------------------------------------------------
# The command
# ---------------------------------------------------------------------------

def read_file(name):
    with open(name, "rb") as f:
        return f.read()


def main_vectors(name):
    wrong = count = 0
    try:
        for what, computed, said in check_vectors(json.loads(read_file(name))):
            count += 1
            if computed != said:
                wrong += 1
                print("WRONG %s: computed %s, the vectors say %s" % (what, computed, said))
    except KeyError as group:
        print("WRONG: the vectors have, or lack, %s" % group)
        return 1
    print("%d of %d values agree" % (count - wrong, count))
    return 1 if wrong else 0


def main_batch(folder):
    """One line for each transcript *.jsonl, in the order of their names: its name, the answer, and the SHA-256 over what
    was computed again, separated by tabs. The sealed file of NAME.jsonl is NAME.sealed.json.

    What is hashed is, in the order of the transcript and each with a LF, the canonical JSON of seq with the members
    computed: results of a draw; teams, low and unfilled of an assign; picks of a substitute; team of a recuse.
    """
    worst = 0
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".jsonl"):
            continue
        path = os.path.join(folder, name)
        sealed_path = path[:-len(".jsonl")] + ".sealed.json"
        sealed = read_file(sealed_path) if os.path.exists(sealed_path) else None
        answer = verify(read_file(path), sealed)
        print(name, answer.line, answer.digest, sep="\t", flush=True)
        worst = max(worst, 1 if answer.status == 1 else 0)
    return worst


def main(arguments):
    parser = argparse.ArgumentParser(description="Verifies a transcript of the public draw SSJ1.")
    parser.add_argument("transcript", nargs="?")
    parser.add_argument("--sealed", metavar="FILE", help="the sealed file of mode attested")
    parser.add_argument("--mirror", metavar="FILE", action="append", default=[], help="a mirror's copy of the transcript")
    parser.add_argument("--batch", metavar="DIR", help="verify every *.jsonl of a folder")
    parser.add_argument("--vectors", metavar="FILE", help="check the primitives against vectors")
    options = parser.parse_args(arguments)
    if [options.transcript, options.batch, options.vectors].count(None) != 2:
        parser.error("one transcript, one folder or one file of vectors")
    try:
        if options.vectors:
            return main_vectors(options.vectors)
        if options.batch:
            return main_batch(options.batch)
        sealed = read_file(options.sealed) if options.sealed else None
        answer = verify(read_file(options.transcript), sealed, [read_file(m) for m in options.mirror])
        program = sha256(read_file(os.path.abspath(__file__))).hex()
    except OSError as reason:
        print(reason, file=sys.stderr)
        return 2
    print(answer.line)
    for note in answer.notes:
        print(note, file=sys.stderr)
    print("SHA-256 of this program: %s" % program, file=sys.stderr)
    return answer.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
