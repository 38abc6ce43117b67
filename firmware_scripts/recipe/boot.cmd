# U-Boot's half of what grub.cfg does: the first slot of ORDER that has a try left; the try is taken away first.

# What is tried where the counter cannot be read.
setenv ORDER "A B"; setenv A_LEFT 3; setenv B_LEFT 3; setenv EXTRA ""; setenv NEW ""; setenv FLOOR ""
if fatload ${devtype} ${devnum}:1 ${ramdisk_addr_r} state.env; then
  env import -t ${ramdisk_addr_r} ${filesize} ORDER A_LEFT B_LEFT EXTRA NEW FLOOR
fi

setenv slot none
for each in ${ORDER}; do
  if test ${slot} = none; then
    if test ${each} = A; then
      if test ${A_LEFT} -gt 0; then setenv slot A; setenv part 2; setexpr A_LEFT ${A_LEFT} - 1; fi
    else
      if test ${B_LEFT} -gt 0; then setenv slot B; setenv part 3; setexpr B_LEFT ${B_LEFT} - 1; fi
    fi
  fi
done
if test ${slot} = none; then
  # No try is left anywhere: rather a seat that starts badly than one that does not.
  setenv A_LEFT 3; setenv B_LEFT 3
  if test -z "${ORDER}"; then setenv ORDER "A B"; fi
fi
env export -t ${ramdisk_addr_r} ORDER A_LEFT B_LEFT EXTRA NEW FLOOR
fatwrite ${devtype} ${devnum}:1 ${ramdisk_addr_r} state.env ${filesize}
if test ${slot} = none; then
  echo "Khong khoi dong duoc. Goi can bo ky thuat. / No slot is left."
  sleep 30
  reset
fi

# One word to U-Boot, which takes sixteen and refuses more.
setenv bootargs "phonghop.slot=${slot} rauc.slot=${slot} ro quiet loglevel=3 panic=10 gpt systemd.gpt_auto=0 systemd.condition-needs-update=no usbcore.authorized_default=2 audit=0 console=ttyS1,115200 console=ttyAMA0,115200 console=tty12 vt.global_cursor_default=0 ${EXTRA}"
# Not where U-Boot would have it: between its two places a kernel of 37 MiB has 64 KiB left once it has been moved to where it
# starts from, and the next one may be larger.
setexpr first ${kernel_addr_r} + 0x8000000
load ${devtype} ${devnum}:${part} ${kernel_addr_r} vmlinuz
load ${devtype} ${devnum}:${part} ${first} initrd.img
booti ${kernel_addr_r} ${first}:${filesize} ${fdt_addr}
# A kernel that cannot even be loaded has used its try.
reset
