"""A walk through a table that changes meanwhile."""

from random import Random

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.walk import walk


def key(number: int) -> bytes:
    return b"\x18" + number.to_bytes(3, "big")


class WalkTests(SynchronousTestCase):
    def test_a_table_that_stays_is_told_in_its_order(self) -> None:
        for size in (0, 1, 7, 8, 9, 100):
            table = {key(number): number for number in range(size)}
            self.assertEqual(list(walk(table, 8)), list(table), size)

    def test_what_goes_before_its_turn_need_not_be_told_and_nothing_else_is_lost(self) -> None:
        table = {key(number): number for number in range(40)}
        found = []
        for told in walk(table, 8):
            found.append(told)
            if len(found) == 10:
                for number in (0, 1, 2, 9, 12, 30):
                    del table[key(number)]
        self.assertLessEqual({key(number) for number in range(40)} - {key(30)}, set(found))
        self.assertEqual(len(found), len(set(found)))

    def test_a_key_that_goes_and_comes_back_does_not_hide_those_between(self) -> None:
        table = {key(number): number for number in range(40)}
        found = []
        for told in walk(table, 8):
            found.append(told)
            if len(found) == 8:
                table[key(7)] = table.pop(key(7))
        self.assertLessEqual(set(table), set(found))

    def test_a_walk_that_lost_its_place_begins_again(self) -> None:
        table = {key(number): number for number in range(40)}
        found = []
        for told in walk(table, 8):
            found.append(told)
            if len(found) == 24:
                for number in range(16, 24):
                    del table[key(number)]
        self.assertLessEqual(set(table), set(found))
        self.assertEqual(len(found), 24 + 32)

    def test_a_walk_ends_however_fast_keys_come(self) -> None:
        table = {key(number): number for number in range(20)}
        found = []
        for told in walk(table, 4):
            found.append(told)
            table[key(1000 + len(found))] = 0
            self.assertLess(len(found), 100)
        self.assertLessEqual({key(number) for number in range(20)}, set(found))

    def test_a_walk_ends_though_all_goes_and_comes_back(self) -> None:
        table = {key(number): number for number in range(20)}
        count = 0
        for _ in walk(table, 4):
            count += 1
            if count % 4 == 0:
                for number in range(20):
                    table[key(number)] = table.pop(key(number), 0)
            self.assertLess(count, 1000)

    def test_what_stays_is_told_once_whatever_else_happens(self) -> None:
        for seed in range(200):
            random = Random(seed)
            table = {key(number): number for number in range(random.randrange(60))}
            staying = {each for each in table if random.random() < 0.5}
            found = []
            for told in walk(table, 10):
                found.append(told)
                for _ in range(random.randrange(3)):
                    other = key(random.randrange(90))
                    if other not in staying and random.random() < 0.5:
                        table.pop(other, None)
                    elif other not in staying:
                        table[other] = 0
            kept = [each for each in found if each in staying]
            self.assertEqual(set(kept), staying, seed)
            self.assertEqual(len(kept), len(staying), seed)
