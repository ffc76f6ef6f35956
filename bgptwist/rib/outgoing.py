"""The Adj-RIB-Out of all peers: one table whose entries say which members they are for (RFC 4271, 3.2).

A member is one bit of an integer.  Changes of one reactor turn leave together; a member whose transport is full is
*behind*: it keeps the keys it is owed and is told their newest values when the transport takes more.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from bgptwist.interfaces import IUpdateWriter
from bgptwist.rib.member import Member
from bgptwist.rib.offer import Entry, Offer, holders, remainder, share, shares
from bgptwist.rib.portion import Portion, Portions
from bgptwist.rib.query import Told
from bgptwist.rib.quota import Quota
from bgptwist.rib.transfer import Transfer, bits
from bgptwist.rib.walk import walk
from bgptwist.wire.errors import Refused
from bgptwist.wire.framing import ROUTE_REFRESH, message
from bgptwist.wire.kinds import NO_NEXT_HOP, Family, SendContext
from bgptwist.wire.messages import update
from bgptwist.wire.path import Generations, Path
from bgptwist.wire.route import Route

NO_PATH: Final = Path(b"")
STEP: Final = 2000
"""NLRI handed to a transport before the reactor gets its turn."""
LONGEST_SETTLE: Final = 30.0
REFILL: Final = 1.0
"""Seconds from a withdrawal to a look at what had no room before it: the look goes through the whole table."""


class Clock(Protocol):
    """What is needed of a reactor."""

    def seconds(self) -> float: ...

    def callLater(self, delay: float, callable: Callable[..., object], *args: object) -> object: ...


class Outgoing:
    """Routes for all peers, and what each of them still has to be told."""

    def __init__(self, clock: Clock, problem: Callable[[int, str], None]) -> None:
        """`problem(member, reason)` hears of routes that cannot be sent."""
        self._clock = clock
        self._problem = problem
        self._tables: dict[Family, dict[bytes, Entry]] = {}
        self._shared: Generations[tuple[bytes, bytes, int], Offer] = Generations(100_000)
        self._last: Offer = Offer(NO_PATH, NO_NEXT_HOP, 0, None)
        self._siblings: dict[bytes, set[bytes]] = {}
        """Keys with path identifiers, by AFI, SAFI and what stands behind the identifier."""
        self._portions = Portions()
        self._turn = 0
        self._pending: dict[Family, dict[bytes, int]] = {}
        self._gone: dict[Family, dict[bytes, tuple[bytes, Path, bytes]]] = {}
        self._members: dict[int, Member] = {}
        self._joined = 0
        self._scheduled = False
        self._changed = 0.0

    # ------------------------------------------------------------------ changes

    def announce(self, routes: Iterable[Route], members: int) -> None:
        """Tell `members` these routes; a route they were told already is not told again."""
        for route in routes:
            family = route.family
            table = self._tables.setdefault(family, {})
            nlri = route.nlri
            if family.key is None:
                key = nlri
                offer = self._offer(route.path, route.next_hop, members)
            else:
                key = family.key(nlri)
                offer = Offer(route.path, route.next_hop, members, nlri)
            old = table.get(key)
            if old is None:
                if self._gone and key in self._gone.get(family, ()):
                    self.flush()  # a route that went and comes back in one turn is seen to do both
                table[key] = offer
                changed = members
                if family.path_id:
                    self._siblings.setdefault(family.header + key[4:], set()).add(key)
            elif old is offer:
                continue
            else:
                changed = self._replace(table, key, offer, old)
            if changed:
                self._queue(family, key, changed)

    def _offer(self, path: Path, next_hop: bytes, members: int) -> Offer:
        """The shared offer of these three."""
        if (last := self._last).path is path and last.members == members and last.next_hop == next_hop:
            return last
        name = (path.octets, next_hop, members)
        offer = self._shared.get(name)
        if offer is None:
            offer = Offer(path, next_hop, members, None)
            self._shared.put(name, offer)
        self._last = offer
        return offer

    def _copy(self, offer: Offer, members: int) -> Offer:
        """The same offer for other members."""
        if offer.nlri is None:
            return self._offer(offer.path, offer.next_hop, members)
        return Offer(offer.path, offer.next_hop, members, offer.nlri)

    def _replace(self, table: dict[bytes, Entry], key: bytes, offer: Offer, old: Entry) -> int:
        """Put `offer` beside or in place of others; the members for whom something changed are returned."""
        members = offer.members
        if isinstance(old, Offer):
            if offer.says(old):
                table[key] = self._copy(offer, members | old.members)
                return members & ~old.members
            rest = old.members & ~members
            if not rest:
                table[key] = offer
                return members
            old = table[key] = dict.fromkeys(bits(rest), old)
        changed = 0
        for bit in bits(members):
            before = old.get(bit)
            if before is None or not offer.says(before):
                changed |= bit
                old[bit] = offer
        return changed

    def withdraw(self, routes: Iterable[Route], members: int) -> None:
        """Take these routes back from `members`; the path of each goes with the withdrawal of MP families."""
        for route in routes:
            family = route.family
            key = route.nlri if family.key is None else family.key(route.nlri)
            if not family.plain and key in self._pending.get(family, ()) and key in self._tables.get(family, ()):
                self.flush()  # as ExaBGP has it: of plain routes only the last word of a turn is told
            self._remove(family, key, members)
            self._gone.setdefault(family, {})[key] = (route.nlri, route.path, route.next_hop)
            self._queue(family, key, members)

    def _remove(self, family: Family, key: bytes, members: int) -> None:
        table = self._tables.get(family)
        entry = None if table is None else table.get(key)
        if table is None or entry is None:
            return
        if isinstance(entry, Offer):
            rest = entry.members & ~members
            if not rest:
                self._delete(family, table, key)
            elif rest != entry.members:
                table[key] = self._copy(entry, rest)
            return
        for bit in [bit for bit in entry if bit & members]:
            del entry[bit]
        if not entry:
            self._delete(family, table, key)

    def _delete(self, family: Family, table: dict[bytes, Entry], key: bytes) -> None:
        """Nobody is told that key any more."""
        del table[key]
        if family.path_id:
            name = family.header + key[4:]
            self._siblings[name].discard(key)
            if not self._siblings[name]:
                del self._siblings[name]

    def clear(self, members: int) -> None:
        """Take everything back from `members`."""
        for family, table in self._tables.items():
            gone = self._gone.setdefault(family, {})
            for key, entry in list(table.items()):
                for offer, mask in shares(entry, members):
                    gone[key] = (key if offer.nlri is None else offer.nlri, offer.path, offer.next_hop)
                    self._remove(family, key, mask)
                    self._queue(family, key, mask)

    def enrol(self, members: int, like: int) -> None:
        """New members are told what another one is, but for the keys of which they have a word of their own.

        One look at each key: offers are changed where they are, so they are not found by their old name any more.
        """
        for table in self._tables.values():
            for entry in table.values():
                if isinstance(entry, Offer):
                    if entry.members & like:
                        entry.members |= members
                elif like in entry:
                    for bit in bits(members):
                        entry.setdefault(bit, entry[like])
        self._anew()

    def forget(self, members: int) -> None:
        """Drop what is held for members that are gone for good, telling nobody; one look at each key."""
        others = ~members
        for family, table in self._tables.items():
            gone = [key for key, entry in table.items() if not remainder(entry, members, others)]
            for key in gone:
                self._delete(family, table, key)
        for keys in self._pending.values():
            for key in keys:
                keys[key] &= others
        self._anew()

    def _anew(self) -> None:
        """Offers say other members than those they are remembered by: remember none."""
        self._turn += 1
        self._shared = Generations(self._shared.limit)
        self._last = Offer(NO_PATH, NO_NEXT_HOP, 0, None)

    def sources(self, members: int) -> list[Told]:
        """The tables of all families, to be asked what `members` are told."""
        return [Told(family, table, members) for family, table in self._tables.items()]

    def routes(self, members: int) -> Iterator[tuple[int, Route]]:
        """What `members` are told: (member bit, route), family by family; safe against changes in between."""
        for source in self.sources(members):
            for key in walk(source.table):
                yield from ((bit, route) for route, mask in source.at(key) for bit in bits(mask))

    def count(self, member: int) -> int:
        """How many routes one member is told."""
        return sum(share(entry, member) is not None for table in self._tables.values() for entry in table.values())

    def holds(self, family: Family, nlri: bytes, member: int) -> Offer | None:
        """What one member is told about an NLRI."""
        key = nlri if family.key is None else family.key(nlri)
        return share(self._tables.get(family, {}).get(key), member)

    def holders(self, route: Route, members: int) -> int:
        """Which of some members are told this very route."""
        key = route.nlri if route.family.key is None else route.family.key(route.nlri)
        return holders(self._tables.get(route.family, {}).get(key), route, members)

    def _queue(self, family: Family, key: bytes, members: int) -> None:
        """Remember a change until the flush of this turn, behind those before it."""
        pending = self._pending.get(family)
        if pending is None:
            pending = self._pending[family] = {}
        pending[key] = pending.pop(key, 0) | members
        if not self._scheduled:
            self._changed = self._clock.seconds()
            self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._clock.callLater(0, self.flush)

    # ------------------------------------------------------------------ members

    def join(
        self,
        member: int,
        context: SendContext,
        writer: IUpdateWriter,
        end_of_rib: tuple[Family, ...],
        settle: float = 0.0,
        quota: Quota | None = None,
    ) -> None:
        """A session is established: it is owed everything, then End-of-RIB for these families.

        With `settle` seconds, End-of-RIB waits until nothing was announced for so long (RFC 4724, 4.1: a restarting
        speaker defers it until its routes are complete).  `quota` says how much of it may be told.
        """
        joined = Member(member, context, writer, quota)
        joined.end_of_rib = end_of_rib
        joined.settle = settle
        joined.deadline = self._clock.seconds() + LONGEST_SETTLE
        self._members[member] = joined
        self._joined |= member
        self._schedule()

    def leave(self, member: int) -> None:
        """The session is over; the routes stay for the next one."""
        self._members.pop(member, None)
        self._joined &= ~member

    def pause(self, member: int) -> None:
        """The transport is full."""
        found = self._members.get(member)
        if found is not None:
            found.paused = True

    def resume(self, member: int) -> None:
        """The transport takes more."""
        found = self._members.get(member)
        if found is None or not found.paused:
            return
        found.paused = False
        if found.go_on() or found.end_of_rib:
            self._clock.callLater(0, self._continue, member, found)

    def is_behind(self, member: int) -> bool:
        """Whether that member has still to be told something."""
        found = self._members.get(member)
        return found is not None and found.is_late

    def refresh(self, member: int, families: Iterable[Family], enhanced: bool) -> None:
        """Tell a member its routes of these families again, between BoRR and EoRR if `enhanced` (RFC 7313, 4)."""
        found = self._members.get(member)
        if found is None:
            return
        for family in families:
            front = [message(ROUTE_REFRESH, family.header[:2] + b"\1" + family.header[2:])] if enhanced else []
            back = [message(ROUTE_REFRESH, family.header[:2] + b"\2" + family.header[2:])] if enhanced else []
            whole = self._portions.all(self._tables, family.base, self._pending, STEP)
            found.transfers.append(Transfer(whole, False, front, back))
        self._clock.callLater(0, self._continue, member, found)

    def send_end_of_rib(self, member: int, family: Family) -> None:
        """Send End-of-RIB now, after what this turn changed."""
        if self._pending:
            self.flush()
        found = self._members.get(member)
        if found is not None:
            found.writer.write_updates([update.end_of_rib(family)])

    # ------------------------------------------------------------------ sending

    def flush(self) -> None:
        """Send what changed in this turn, and begin with the sessions that joined in it."""
        self._scheduled = False
        pending = self._pending
        gone = self._gone
        self._pending = {}
        self._gone = {}
        self._turn += bool(pending)
        self._portions.forget(pending)
        fresh = self._joined
        self._joined = 0
        for bit in bits(fresh):
            member = self._members[bit]
            member.transfers.append(Transfer(self._portions.all(self._tables, None, (), STEP), False))
            self._continue(bit, member)
        if pending:
            self._send_pending(pending, gone, fresh)

    def _send_pending(
        self,
        pending: dict[Family, dict[bytes, int]],
        gone: dict[Family, dict[bytes, tuple[bytes, Path, bytes]]],
        skip: int,
    ) -> None:
        """Group changes by what is said and to whom, and write each group once for all it concerns."""
        ready = behind = told = 0
        for bit, member in self._members.items():
            if bit & skip:
                continue
            if member.is_late:
                behind |= bit
            else:
                ready |= bit
            if member.told:
                told |= bit
        outbox: dict[int, list[bytes]] = {}
        for family, keys in pending.items():
            table = self._tables.get(family, {})
            groups: dict[tuple[Offer, int], list[bytes]] = {}
            lost: dict[tuple[bytes, bytes, int], tuple[Path, list[bytes]]] = {}
            for key, mask in keys.items():
                late = mask & behind
                live = mask & ready
                if late:
                    self._owe(family, key, late, gone)
                if not live:
                    continue
                for offer, sel in shares(table.get(key), live):
                    groups.setdefault((offer, sel), []).append(key if offer.nlri is None else offer.nlri)
                    live &= ~sel
                if live:
                    nlri, path, next_hop = gone.get(family, {}).get(key, (key, NO_PATH, NO_NEXT_HOP))
                    if family.plain:
                        path, next_hop = NO_PATH, NO_NEXT_HOP
                    lost.setdefault((path.octets, next_hop, live), (path, []))[1].append(nlri)
            for (_, next_hop, sel), (path, nlris) in lost.items():
                for bit in bits(sel & ~told if not family.plain else 0):
                    outbox.setdefault(bit, []).extend(self._members[bit].herald(family, path))
                self._write(outbox, family, path, next_hop, nlris, sel & told if family.plain else sel, False)
            for (offer, sel), nlris in groups.items():
                self._write(outbox, family, offer.path, offer.next_hop, nlris, sel, True)
        for bit, messages in outbox.items():
            found = self._members.get(bit)
            if found is not None and messages:
                found.writer.write_updates(messages)

    def _owe(
        self,
        family: Family,
        key: bytes,
        members: int,
        gone: dict[Family, dict[bytes, tuple[bytes, Path, bytes]]],
    ) -> None:
        """Note a key for members whose transport is full."""
        found = gone.get(family, {}).get(key)
        said = shares(self._tables.get(family, {}).get(key), members)
        nlri = next((offer.nlri for offer, _ in said if offer.nlri is not None), None) or (found[0] if found else key)
        for bit in bits(members):
            self._members[bit].owed.setdefault(family, {})[key] = nlri

    def _write(
        self,
        outbox: dict[int, list[bytes]],
        family: Family,
        path: Path,
        next_hop: bytes,
        nlris: list[bytes],
        members: int,
        announced: bool,
    ) -> None:
        """Pack a group once per context and put the messages into the boxes of its members."""
        packed: dict[SendContext, list[bytes]] = {}
        for bit in bits(members):
            member = self._members.get(bit)
            if member is None:
                continue
            context = member.context
            messages = packed.get(context)
            if not announced and self._siblings:
                messages, left = self._instead(bit, member, family, nlris)
                messages = messages + self._pack(context, family, path, next_hop, left, bit, False)
            elif member.quota is not None:
                messages = self._pack(context, family, path, next_hop, nlris, bit, announced)
            elif messages is None:
                messages = packed[context] = self._pack(context, family, path, next_hop, nlris, bit, announced)
            if messages:
                if announced:
                    member.told = True
                outbox.setdefault(bit, []).extend(messages)

    def _instead(self, bit: int, member: Member, family: Family, nlris: list[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Messages with other paths for what is withdrawn, to a peer without ADD-PATH; and NLRI that have none.

        To such a peer all paths of a prefix are one route, which goes only with the last of them.
        """
        form = member.context.families.get(family.index)
        if form is None or form.path_id:
            return [], nlris
        messages: list[bytes] = []
        left: list[bytes] = []
        base = family.base
        for nlri in nlris:
            plain = nlri[4:] if family.path_id else nlri
            key = plain if base.key is None else base.key(plain)
            offer = share(self._tables.get(base, {}).get(key), bit)
            for sibling in self._siblings.get(base.header + key, ()) if offer is None else ():
                offer = offer or share(self._tables[base.with_path_id].get(sibling), bit)
            if offer is None:
                left.append(nlri)
            else:
                messages += self._pack(member.context, base, offer.path, offer.next_hop, [plain], bit, True)
        return messages, left

    def _pack(
        self,
        context: SendContext,
        family: Family,
        path: Path,
        next_hop: bytes,
        nlris: list[bytes],
        bit: int,
        announced: bool,
    ) -> list[bytes]:
        if not nlris:
            return []
        member = self._members[bit]
        if family.index not in context.families:
            if announced and family.base not in member.missing:
                member.missing.add(family.base)
                self._problem(bit, f"routes of {family.name} are not sent: the peer did not agree to that family")
            return []
        if member.quota is not None:
            nlris = self._ration(bit, member, member.quota, family, nlris, announced)
            if not nlris:
                return []
        try:
            if announced:
                return update.announce(context, family, path, next_hop, nlris)
            return update.withdraw(context, family, path, next_hop, nlris)
        except Refused as error:
            self._problem(bit, f"{len(nlris)} routes of {family.name} not sent: {error}")
            return []

    def _ration(
        self, bit: int, member: Member, quota: Quota, family: Family, nlris: list[bytes], announced: bool
    ) -> list[bytes]:
        """Those NLRI that are within the quota of a member, or were told to it before they are withdrawn."""
        form = member.context.families[family.index]
        if not announced:
            told = quota.release(form, family, nlris)
            if told and quota.short and not member.refilling:
                member.refilling = True
                self._clock.callLater(REFILL, self._refill, bit, member, quota)
            return told
        admitted = quota.admit(form, family, nlris)
        if len(admitted) < len(nlris) and not quota.said:
            quota.said = True
            self._problem(bit, f"maximum-prefix-out: {quota.described(family)} are told, the others wait")
        return admitted

    def _refill(self, bit: int, member: Member, quota: Quota) -> None:
        """There is room again: tell some of the routes that had none."""
        member.refilling = False
        if self._members.get(bit) is not member:
            return
        member.transfers.append(Transfer(quota.fitting(bit, member.context.families, self._tables), False))
        self._continue(bit, member)

    def untold(self, member: int) -> int:
        """How many routes wait because the quota of a member is used up."""
        found = self._members.get(member)
        if found is None or found.quota is None:
            return 0
        return sum(1 for _ in found.quota.waiting(member, found.context.families, self._tables))

    # ------------------------------------------------------------------ transfers

    def _continue(self, bit: int, member: Member) -> None:
        """Go on telling one member what it is owed, a step at a time, while its transport takes it."""
        if self._members.get(bit) is not member:
            return
        while member.go_on():
            transfer = member.transfers[0]
            taken = transfer.take(STEP)
            messages, transfer.front = transfer.front, []
            if taken is not None:
                messages = messages + self._told(bit, member, *taken, transfer.withdraw_missing)
            done = transfer.done
            if done:
                member.transfers.pop(0)
                messages = messages + transfer.back
                if not any(each.transfers for each in self._members.values()):
                    self._portions.forget()
            if messages:
                member.writer.write_updates(messages)
            if not done:
                self._clock.callLater(0, self._continue, bit, member)
                return
        if not member.transfers and not member.paused and member.end_of_rib:
            self._end(bit, member)

    def _told(self, bit: int, member: Member, family: Family, keys: list[bytes], withdraw_missing: bool) -> list[bytes]:
        """The messages that tell one member some keys; those of a portion serve all that are told the same."""
        if not isinstance(keys, Portion) or member.quota is not None or family.index not in member.context.families:
            return self._transfer(bit, member, family, keys, withdraw_missing)
        messages = keys.messages(bit, member.context, self._turn)
        if messages is None:
            messages = self._transfer(bit, member, family, keys, withdraw_missing)
            keys.remember(bit, member.context, self._turn, self._tables[family], messages)
        member.told = member.told or bool(messages)
        return messages

    def _transfer(
        self, bit: int, member: Member, family: Family, nlris: list[bytes], withdraw_missing: bool
    ) -> list[bytes]:
        """The messages that tell one member the present state of some NLRI."""
        table = self._tables.get(family, {})
        groups: dict[Offer, list[bytes]] = {}
        missing: list[bytes] = []
        own = family.key
        for nlri in nlris:
            entry = table.get(nlri if own is None or not withdraw_missing else own(nlri))
            offer = share(entry, bit)
            if offer is not None:
                groups.setdefault(offer, []).append(nlri if offer.nlri is None else offer.nlri)
            elif withdraw_missing:
                missing.append(nlri)
        messages: list[bytes] = []
        if missing and self._siblings:
            messages, missing = self._instead(bit, member, family, missing)
        if missing and member.told:
            messages += self._pack(member.context, family, NO_PATH, NO_NEXT_HOP, missing, bit, False)
        alike: dict[tuple[Path, bytes], list[bytes]] = {}
        for offer, found in groups.items():
            alike.setdefault((offer.path, offer.next_hop), []).extend(found)
        for (path, next_hop), found in alike.items():
            packed = self._pack(member.context, family, path, next_hop, found, bit, True)
            if packed:
                member.told = True
                messages += packed
        return messages

    def _end(self, bit: int, member: Member) -> None:
        """Send End-of-RIB, or wait until the helpers have settled."""
        if self._members.get(bit) is not member or member.transfers or member.paused:
            return
        if member.settle:
            now = self._clock.seconds()
            joined = member.deadline - LONGEST_SETTLE
            due = min(max(self._changed, joined) + member.settle, member.deadline)
            if now < due:
                self._clock.callLater(due - now, self._end, bit, member)
                return
        families = member.end_of_rib
        member.end_of_rib = ()
        if families:
            member.writer.write_updates([update.end_of_rib(family) for family in families])
