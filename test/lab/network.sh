#!/bin/bash
# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# network.sh ADDRESS/PREFIX: gives the machine's link host0 its address, as soon as that link exists.
address=$1

await_link() {
  # Subscribed first, so that a link that appears after a check causes an event. One that appears before the
  # subscription is found a second later.
  exec 3< <(exec ip monitor link)
  trap "kill $!" EXIT
  echo 'waiting for the link host0'
  until ip link show host0 > /dev/null 2>&1; do read -r -t 1 _ <&3; done
}

ip link show host0 > /dev/null 2>&1 || await_link
ip link set host0 up && ip address replace "$address" dev host0
