# shellcheck shell=bash

start_etcd() {
  local client peer
  client=http://127.0.0.1:$(port etcd)
  peer=http://127.0.0.1:$(port etcd-peer)
  # A lab's data need not outlive a power failure: no fsync.
  spawn kube etcd "$STATE/bin/etcd" --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer"
}

is_ready_etcd() { answers "$(port etcd)"; }
