#!/bin/bash
# Installs what `npm run test:servers` needs, from Debian's (or Ubuntu's) packages. Does nothing where all of it is there.
# Exim and OpenSMTPD cannot be installed beside Postfix: their packages are only unpacked, where __tests__/support/unpacked.ts
# looks for them, and what they link to is installed. The same goes for the data of PKITS, which is part of a Python package.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

packages=(
  postfix dovecot-core dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-submissiond sasl2-bin libsasl2-modules
  openssl swaks curl bind9-dnsutils libnet-ssleay-perl
)
unpacked=/var/cache/starttls-gate

# The packages among those given that are not installed.
missing() {
  for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

# Whether a program is there, and all that it links to.
runs() {
  [ -x "$1" ] && ! ldd "$1" | grep -q 'not found'
}

install_missing() {
  local names
  mapfile -t names < <(missing "$@")
  if [ ${#names[@]} -eq 0 ]; then return; fi
  echo "Installing ${names[*]}"
  apt-get install -q -y --no-install-recommends "${names[@]}"
}

# unpack SERVER PACKAGE [APT OPTION...]: unpacks a package into the folder of that server, and installs its libraries.
unpack() {
  local server=$1 package=$2 libraries
  shift 2
  echo "Unpacking $package into $unpacked/$server"
  mkdir "$scratch/$server"
  (cd "$scratch/$server" && apt-get "$@" -q -o APT::Sandbox::User=root download "$package")
  mapfile -t libraries < <(dpkg-deb --field "$scratch/$server"/*.deb Depends | tr ',' '\n' | awk '$1 ~ /^lib/ { print $1 }')
  install_missing "${libraries[@]}"
  rm -rf "${unpacked:?}/$server"
  mkdir -p "$unpacked"
  dpkg-deb --extract "$scratch/$server"/*.deb "$unpacked/$server"
  find "$unpacked/$server" -type f -perm /6000 -exec chmod ug-s {} +
}

# Debian 12 has an OpenSMTPD 6 that cannot sign with OpenSSL 3, so that every handshake fails: there it comes from backports.
unpack_opensmtpd() {
  local version mirror options=()
  version=$(apt-cache show --no-all-versions opensmtpd | sed -n 's/^Version: //p')
  if dpkg --compare-versions "$version" lt 7; then
    # shellcheck source=/dev/null
    . /etc/os-release
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" 'Component: main' | sed -n 1p)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $VERSION_CODENAME-backports main" >"$scratch/sources.list"
    mkdir -p "$scratch/lists/partial"
    options=(-o "Dir::Etc::SourceList=$scratch/sources.list" -o Dir::Etc::SourceParts=/dev/null
      -o "Dir::State::Lists=$scratch/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
    apt-get "${options[@]}" -q -o APT::Sandbox::User=root update
  fi
  unpack opensmtpd opensmtpd "${options[@]}"
}

mapfile -t absent < <(missing "${packages[@]}")
runs "$unpacked/exim/usr/sbin/exim4" && id Debian-exim >/dev/null 2>&1 || absent+=(exim4-daemon-heavy)
runs "$unpacked/opensmtpd/usr/sbin/smtpd" || absent+=(opensmtpd)
[ -d "$unpacked/pkits" ] || absent+=(python3-cryptography-vectors)
if [ ${#absent[@]} -eq 0 ]; then exit 0; fi

if [ "$(id -u)" -ne 0 ]; then
  echo "Missing: ${absent[*]}. Run this as root: it installs packages, and mail servers start as root." >&2
  exit 1
fi
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
apt-get update -q
install_missing "${packages[@]}"
runs "$unpacked/exim/usr/sbin/exim4" || unpack exim exim4-daemon-heavy
# It does not start without the user that it was built for, whoever it runs as.
id Debian-exim >/dev/null 2>&1 || useradd --system --home-dir /var/spool/exim4 --no-create-home --shell /usr/sbin/nologin Debian-exim
runs "$unpacked/opensmtpd/usr/sbin/smtpd" || unpack_opensmtpd
[ -d "$unpacked/pkits" ] || unpack pkits python3-cryptography-vectors
