# The front end: npm's packages exactly as locked, then Vite's build into web/dist.
# Sourced by bootstrap.sh; needs say.sh, stamp.sh, $root. Node.js is the one in .venv, whatever the machine has.

install_front_libraries() {
  local stamp
  stamp=$(cd "$root/web" && stamp_of package.json package-lock.json .npmrc)
  is_fresh npm "$stamp" "$root/web/node_modules/.package-lock.json" && return 0
  step "Thư viện giao diện · front-end libraries" \
    "Kiểm tra mạng tới registry npm rồi chạy lại · check the network to the npm registry, then run again"
  quietly npm --prefix "$root/web" ci --ignore-scripts --no-progress
  set_fresh npm "$stamp"
  done_step
}

build_front() {
  local stamp
  stamp=$(cd "$root/web" && find . \( -path ./node_modules -o -path ./dist -o -path ./tests -o -name __pycache__ \) -prune \
    -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum | cut -d' ' -f1)
  is_fresh web "$stamp" "$root/web/dist" && return 0
  step "Giao diện · the front end" "Xem lỗi ở trên; sửa trong web/src · see the error above; it is in web/src"
  quietly npm --prefix "$root/web" run --silent build
  set_fresh web "$stamp"
  done_step
}
