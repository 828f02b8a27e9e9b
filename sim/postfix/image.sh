#!/bin/sh
# Builds the container image with Postfix from Debian's packages: no registry, about 120 MB. Needs root, debootstrap and
# docker; takes half a minute. An image that is there already is kept: remove it to build it anew.
set -eu
image=demailbench-postfix:bookworm
if docker image inspect "$image" >/dev/null 2>&1; then
	echo "$image is there"
	exit
fi
if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
	echo 'make images needs root and debootstrap: apt-get install debootstrap, then sudo make images' >&2
	exit 1
fi
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
debootstrap --variant=minbase --include=postfix bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || {
	tail -n 20 "$root.log" >&2
	exit 1
}
rm -f "$root.log"
umount "$root/proc" "$root/sys" 2>/dev/null || true # older versions leave them
cd "$root"
tar --numeric-owner --exclude=./proc --exclude=./sys --exclude=./dev --exclude='./run/*' --exclude=./var/cache/apt --exclude=./var/lib/apt/lists \
	--exclude=./usr/share/doc --exclude=./usr/share/locale --exclude=./usr/share/man --exclude=./usr/share/info --exclude=./usr/share/i18n \
	--exclude='./usr/share/perl*' --exclude='./usr/lib/*/perl*' -c . |
	docker import -c 'CMD ["/usr/sbin/postfix", "start-fg"]' -c 'LABEL de.demailbench.image=1' - "$image" >/dev/null
docker image inspect --format "$image, {{.Size}} octets" "$image"
