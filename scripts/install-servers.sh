#!/bin/bash
# Installs what `npm run test:servers` needs, from Debian's (or Ubuntu's) packages. Does nothing where all of it is there.
set -euo pipefail

packages=(postfix dovecot-core dovecot-imapd dovecot-lmtpd openssl swaks libnet-ssleay-perl)
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if [ "$(id -u)" -ne 0 ]; then
  echo "Missing: ${missing[*]}. Run this as root: it installs packages, and mail servers start as root." >&2
  exit 1
fi
echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
