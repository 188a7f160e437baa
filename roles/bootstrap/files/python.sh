# Looks for a Python that modules can run with, and installs one where there is none. Expects `python` (what modules are to be
# run with) and `only_look` (yes in check mode, where what matters of the host is told instead).

works() {
  "$python" -c 'import sys, json, tarfile, http.client, concurrent.futures; sys.exit(sys.version_info < (3, 8))' 2>/dev/null
}

refuse() {
  echo "slipway bootstrap: $1" >&2
  exit 1
}

# One line a package manager: the program, and how Python is installed with it.
install_python() {
  if command -v apt-get >/dev/null; then with_apt
  else refuse "no Python, and no package manager that is supported yet (apt-get); install Python 3.8 or later by hand"
  fi
}

with_apt() {
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l LC_ALL=C.UTF-8
  apt_get update || echo "slipway bootstrap: the package lists could not be fetched" >&2
  apt_get --no-install-recommends install python3
}

# Another apt (a first boot's, mostly) holds its locks for a while.
apt_get() {
  tries=60
  until said=$(apt-get -yq -o DPkg::Lock::Timeout=300 "$@" 2>&1); do
    tries=$((tries - 1))
    case $said in *"Could not get lock"*) [ "$tries" -gt 0 ] && sleep 5 && continue ;; esac
    echo "$said" | tail -n 12 >&2
    return 1
  done
}

# What a plan is made of, where no module can look for itself.
tell() {
  echo "SLIPWAY missing"
  for file in /etc/os-release /etc/group /sys/module/apparmor/parameters/enabled \
    /etc/passwd /etc/subuid /etc/subgid /proc/sys/user/max_user_namespaces /proc/sys/kernel/*unprivileged_userns*; do
    [ -r "$file" ] || continue
    echo "== $file"
    cat "$file"
  done
  [ ! -d /run/systemd/system ] || echo "== /run/systemd/system"
  for file in /var/lib/systemd/linger/* /etc/apparmor.d/*rootlesskit; do
    [ ! -e "$file" ] || echo "== $file"
  done
  # The kernel's settings, a heading before each line, and its modules.
  grep -rs '' /proc/sys/net /proc/sys/kernel /proc/sys/vm /proc/sys/fs 2>/dev/null | sed 's/^\([^:]*\):/== \1\n/'
  for file in /sys/module/*; do
    echo "== $file"
  done
  echo "== account"
  id -u
  id -un
  echo "== packages"
  dpkg-query --show --showformat '${Package} ${db:Status-Status} ${Version}\n' 2>/dev/null
  exit 0
}

if works; then
  echo "SLIPWAY present"
  exit 0
fi
case $python in
  python3 | /usr/bin/python3) ;;
  *) refuse "ansible_python_interpreter is $python, which is not on this host or older than 3.8; leave it out, or install it" ;;
esac
[ "$only_look" != yes ] || tell
[ "$(id -u)" = 0 ] || refuse "Python has to be installed, which needs root; add become: true to the play, or log in as root"
install_python || refuse "Python could not be installed; see above, mend it, and run again"
works || refuse "the Python of this distribution ($("$python" --version 2>&1)) is older than 3.8, which modules need"
echo "SLIPWAY installed"
