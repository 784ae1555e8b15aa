#!/bin/sh
# Makes the keys and signatures of packages/installer/testdata/openpgp with GnuPG, so that signatures of the program that authors use
# are read, not only of the library that reads them: sh scripts/record/openpgp-signatures.sh packages/installer/testdata/openpgp
set -eu
out=$(realpath "$1")
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
mkdir -p "$out"
cd "$out"
rm -f ./*.sig ./*.asc
printf '%s  %s\n' \
  2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 ingot-plugin-greet_v1.2.0_p1_any.zip >SHA256SUMS

gpg() { command gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase '' "$@"; }
fpr() { gpg --list-keys --with-colons "$1" | awk -F: '$1 == "fpr" { print $10; exit }'; }
sign() { gpg --yes --local-user "$1" --output "$2" --detach-sign SHA256SUMS; }
public() { gpg --yes --armor --output "$2" --export "$1"; }

# Primary key that certifies only, and a subkey that signs, as HashiCorp has it.
gpg --quick-generate-key rsa@example.com rsa2048 cert never
gpg --quick-add-key "$(fpr rsa@example.com)" rsa2048 sign never
sign rsa@example.com rsa-subkey.sig
gpg --yes --armor --local-user rsa@example.com --output rsa-subkey-armored.sig --detach-sign SHA256SUMS
gpg --yes --digest-algo SHA1 --allow-weak-digest-algos --local-user rsa@example.com --output sha1.sig --detach-sign SHA256SUMS
gpg --yes --local-user rsa@example.com --output clear-signed.sig --clear-sign SHA256SUMS
gpg --yes --local-user rsa@example.com --output inline.sig --sign SHA256SUMS
gpg --yes --local-user rsa@example.com --textmode --output text-mode.sig --detach-sign SHA256SUMS
public rsa@example.com rsa.asc

gpg --quick-generate-key ed@example.com ed25519 sign never
sign ed@example.com ed25519.sig
public ed@example.com ed.asc
gpg --quick-generate-key nist@example.com nistp256 sign never
sign nist@example.com nistp256.sig
public nist@example.com nist.asc
cat ed25519.sig nistp256.sig >both.sig
gpg --quick-generate-key dsa@example.com dsa2048 sign never
sign dsa@example.com dsa.sig
public dsa@example.com dsa.asc
gpg --quick-generate-key short@example.com rsa1024 sign never
sign short@example.com rsa1024.sig
public short@example.com short.asc

# Lived through 2020 only: signed while it lived, and (with a clock set back) by a key that had expired.
gpg --faked-system-time 20200101T000000! --quick-generate-key old@example.com ed25519 sign 2020-12-31
gpg --yes --faked-system-time 20200601T000000! --local-user old@example.com --output while-it-lived.sig --detach-sign SHA256SUMS
public old@example.com old.asc
# Its life is prolonged, it signs in 2022, and the old statement about its life is published beside that.
gpg --faked-system-time 20210101T000000! --quick-set-expire "$(fpr old@example.com)" never
gpg --yes --faked-system-time 20220101T000000! --local-user old@example.com --output after-it-expired.sig --detach-sign SHA256SUMS
gpg --yes --armor --export-options export-minimal --output old-prolonged.asc --export old@example.com

# Revoked: as compromised (counts for all time), and as superseded (counts from then on).
for reason in 1 2; do
  id="revoked$reason@example.com"
  gpg --faked-system-time 20240101T000000! --quick-generate-key "$id" ed25519 sign never
  gpg --yes --faked-system-time 20240201T000000! --local-user "$id" --output "before-revocation-$reason.sig" --detach-sign SHA256SUMS
  printf 'y\n%s\n\ny\n' "$reason" |
    command gpg --no-tty --pinentry-mode loopback --passphrase '' --faked-system-time 20240301T000000! --command-fd 0 \
      --output "$GNUPGHOME/revocation" --yes --gen-revoke "$id" 2>/dev/null
  gpg --import "$GNUPGHOME/revocation"
  public "$id" "revoked-$reason.asc"
done
