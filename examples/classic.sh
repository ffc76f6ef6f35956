#!/bin/sh
# classic.sh [PREFIX ...]: announces prefixes and never reads what it is answered.

for prefix in "${@:-198.51.100.0/24}"; do
	echo "announce route $prefix next-hop self"
done

while :; do
	sleep 60
done
