# Phòng họp không giấy: what a person types. Details of the preparation: deploy/bootstrap.sh; of the tests: tests/run.sh.
# Add a target with a `## Vietnamese · English` comment and `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

bin := .venv/bin
# Node.js and npm are in the virtual environment too (group `front` of pyproject.toml).
npm := PATH="$(CURDIR)/$(bin):$$PATH" npm --prefix web

export PYTHONUTF8 := 1
# Hundreds of processes are started here; without what Python keeps of a compiled module each compiles all of them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## Danh sách lệnh · this list
	@if [[ -t 1 && -z "$${NO_COLOR:-}" ]]; then on=$$'\e[1m' off=$$'\e[0m'; else on='' off=''; fi; \
	sed -nE 's/^([a-z-]+):[^#]*## (.*)$$/\1\t\2/p' Makefile | \
	while IFS=$$'\t' read -r name what; do printf '  %smake %-19s%s%s\n' "$$on" "$$name" "$$off" "$$what"; done

.PHONY: demo demo-clean
demo: setup-demo ## Chạy cả phòng họp trên máy này, Ctrl-C để dừng · the whole room on this machine, Ctrl-C stops it
	@exec $(bin)/python -m deploy.demo

demo-clean: ## Xóa dữ liệu phòng họp mẫu · remove the demo room's state
	@if [[ -x $(bin)/python ]]; then $(bin)/python -m deploy.demo --clean; else rm -rf var/demo; fi

.PHONY: test test-fast test-kill test-kill-votes test-secrecy test-tamper test-signers test-real-files test-usb test-pdfa test-properties check
test: setup ## Cài đặt rồi chạy mọi kiểm thử, kể cả trình duyệt · set up, then every check and test, browser included
	@tests/run.sh

test-fast: setup ## Chỉ kiểm thử nhanh · unit, contract and architecture tests only
	@$(bin)/pytest -n 2 tests/unit tests/contract tests/architecture

test-kill: setup ## kill -9 năm mươi lần khi đang họp · kill -9 of server, broker and seats at fifty seeded moments
	@PHONGHOP_TEST_KILLS=50 $(bin)/pytest -q -n 0 tests/chaos tests/integration/test_seat_kills.py

test-kill-votes: setup ## kill -9 hai trăm lần khi đang biểu quyết, phát biểu · two hundred kills in votes and turns, the chair's browser too
	@PHONGHOP_TEST_KILLS=200 $(bin)/pytest -q -s -n 0 tests/integration/test_vote_kills.py

test-secrecy: setup ## Bỏ phiếu kín: kẻ dò tìm có mọi thứ còn lại · thirty voters, many votes, an attacker with everything that is left
	@PHONGHOP_TEST_SECRECY_VOTES=12 $(bin)/pytest -q -n 0 tests/secrecy

test-tamper: setup ## Sửa từng chỗ một trong hồ sơ thật · every field, pair and byte of a real dossier changed, and found out
	@PHONGHOP_TEST_TAMPER=1 $(bin)/pytest -q -n 0 tests/signing/test_tampering.py

test-signers: setup ## Ba mươi người ký một văn bản · thirty signatures on one paper, at every level
	@PHONGHOP_TEST_SIGNERS=30 $(bin)/pytest -q tests/signing/test_many.py

test-properties: setup ## Mỗi tính chất thử một nghìn trường hợp mới · a thousand new examples of every property
	@PHONGHOP_TEST_EXAMPLES=1000 $(bin)/pytest -q -n 2 tests/unit tests/architecture

test-real-files: setup ## Tài liệu thật của người khác · a dozen PDFs nobody here made, through the whole job
	@PHONGHOP_TEST_REAL=1 $(bin)/pytest -q tests/real_files

test-usb: setup ## USB token trong máy ảo có cổng USB thật sự · tokens in the USB port of a virtual machine
	@deploy/bootstrap.sh usb
	@PHONGHOP_TEST_USB=1 $(bin)/pytest -q -n 0 tests/usb

test-pdfa: setup ## Văn bản đúng chuẩn lưu trữ PDF/A · documents as PDF/A and PDF/UA, judged by veraPDF
	@deploy/bootstrap.sh pdfa
	@PHONGHOP_TEST_PDFA=1 $(bin)/pytest -q -n 0 tests/pdfa

# The image of a seat: for mini-PCs, with ARCH=arm64 for Raspberry Pi 4 and CM4, with PI5=<its kernel's .deb> besides for a Raspberry Pi 5.
ARCH ?= amd64

.PHONY: image bundle test-image test-image-pi test-powercut
image: setup-demo ## Dựng ảnh hệ thống của chỗ ngồi (ARCH=amd64|arm64) · the flashable image of a seat
	@deploy/bootstrap.sh image
	@$(bin)/python -m firmware_scripts.image $(ARCH) $(if $(PI5),--pi5 "$(PI5)")

bundle: setup-demo ## Dựng gói cập nhật đã ký (ARCH=…, CERTIFICATE=…, KEY=tệp|pkcs11:…) · a signed update of seats
	@deploy/bootstrap.sh image
	@$(bin)/python -m firmware_scripts.bundle $(ARCH) --certificate "$(CERTIFICATE)" --key "$(KEY)" $(if $(MINIMUM),--minimum $(MINIMUM)) $(if $(PI5),--pi5 "$(PI5)")

test-image: setup ## Khởi động ảnh trong máy ảo, với máy chủ thật · the image in a virtual machine, with a real server
	@deploy/bootstrap.sh image
	@PHONGHOP_TEST_IMAGE=1 $(bin)/pytest -q -n 0 tests/image --ignore=tests/image/test_arm64.py

test-image-pi: setup ## Ảnh của Raspberry Pi trên bộ xử lý ấy, giả lập · the image of a Raspberry Pi, on its processor, imitated
	@deploy/bootstrap.sh image
	@PHONGHOP_TEST_IMAGE=1 $(bin)/pytest -q -n 0 tests/image/test_arm64.py

test-powercut: setup ## Rút điện hai trăm lần khi đang cập nhật, khởi động, nhận tài liệu · two hundred power cuts of a seat, from a record
	@deploy/bootstrap.sh image
	@PHONGHOP_TEST_POWERCUTS=$${PHONGHOP_TEST_POWERCUTS:-200} $(bin)/pytest -q -n 0 tests/image/test_powercut.py

check: setup ## Định dạng, kiểu, luật phụ thuộc · formatting, types, dependency rules
	@tests/run.sh check

.PHONY: setup setup-demo web
setup: ## Cài mọi thứ để phát triển và kiểm thử · install all that development and tests need
	@deploy/bootstrap.sh test

setup-demo:
	@deploy/bootstrap.sh demo

web: setup-demo ## Dựng lại giao diện · build the front end again
	@$(npm) run build

.PHONY: bench bench-distribution bench-screens bench-token bench-record bench-live bench-search bench-reports bench-terminals
bench: bench-distribution bench-screens bench-token bench-record bench-live bench-search bench-reports bench-terminals ## Mọi phép đo · every benchmark

bench-distribution: setup ## Đo phân phối tài liệu tới 1–100 chỗ ngồi · papers to 1–100 seats, against the yardsticks
	@$(bin)/python -m tests.bench.distribution

bench-screens: setup ## Đo màn hình: mở trang, lật trang, theo chủ tọa, nối lại · what people in front of screens wait for
	@$(bin)/python -m tests.bench.screens

bench-token: setup ## Đo USB token: nhập PIN tới chương trình, rút tới khóa · tokens: PIN to agenda, pulled out to locked
	@$(bin)/python -m tests.bench.tokens

bench-record: setup ## Đo nhật ký toàn vẹn: mỗi việc chậm thêm bao nhiêu · what the record costs an act
	@$(bin)/python -m tests.bench.record

bench-live: setup ## Đo cuộc họp 500 chỗ ngồi: biểu quyết, phát biểu, lật trang, nối lại · five hundred seats in a live meeting
	@$(bin)/python -m tests.bench.live

bench-search: setup ## Đo tìm kiếm trong 10.000 trang · words in ten thousand pages, beside PostgreSQL's own
	@$(bin)/python -m tests.bench.search

bench-reports: setup ## Đo báo cáo trên 500 cuộc họp, cả hai cơ sở dữ liệu · a year of 500 meetings of forty-five, on both databases
	@$(bin)/python -m tests.bench.reports

bench-terminals: setup ## Đo danh sách 500 thiết bị trong trình duyệt · five hundred terminals on the page of IT
	@$(bin)/python -m tests.bench.terminals

.PHONY: screenshots
screenshots: setup ## Chụp mọi màn hình khi cả phòng đang họp · pictures of every screen, in test-results/screenshots
	@$(bin)/python -m tests.browser.screenshots test-results/screenshots

.PHONY: clean
clean: ## Xóa mọi thứ đã dựng, giữ dữ liệu mẫu · remove all that was built, keep the demo room's state
	@rm -rf .venv .venv-tools web/node_modules web/dist var/stamps var/log build dist \
	  .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
