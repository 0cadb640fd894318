"""pack-image.py OUT.tar NAME:TAG FOLDER: packs a folder as a container image of one layer (an OCI image layout in a tar), without
any tool or registry. The same folder gives the same bytes. Its command sleeps until it is told to end, as a pause image does."""

import hashlib
import io
import json
import os
import sys
import tarfile

out, name, folder = sys.argv[1:4]


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def pack_layer():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for directory, folders, files in os.walk(folder):
            folders.sort()
            for entry in sorted(folders + files):
                path = os.path.join(directory, entry)
                info = tar.gettarinfo(path, os.path.relpath(path, folder))
                info.uid = info.gid = info.mtime = 0
                info.uname = info.gname = ""
                if info.isreg():
                    with open(path, "rb") as file:
                        tar.addfile(info, file)
                else:
                    tar.addfile(info)
    return packed.getvalue()


def encode(value):
    return json.dumps(value, sort_keys=True).encode()


layer = pack_layer()
config = encode(
    {
        "architecture": "amd64",
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "Cmd": ["/bin/sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done"],
            "Env": ["PATH=/bin"],
        },
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        "history": [{"created": "1970-01-01T00:00:00Z"}],
    }
)
manifest_type = "application/vnd.oci.image.manifest.v1+json"
manifest = encode(
    {
        "schemaVersion": 2,
        "mediaType": manifest_type,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "size": len(config),
            "digest": digest(config),
        },
        "layers": [
            {
                "mediaType": "application/vnd.oci.image.layer.v1.tar",
                "size": len(layer),
                "digest": digest(layer),
            }
        ],
    }
)
index = encode(
    {
        "schemaVersion": 2,
        "manifests": [
            {
                "mediaType": manifest_type,
                "size": len(manifest),
                "digest": digest(manifest),
                "platform": {"architecture": "amd64", "os": "linux"},
                "annotations": {
                    "io.containerd.image.name": name,
                    "org.opencontainers.image.ref.name": name.rsplit(":", 1)[-1],
                },
            }
        ],
    }
)

with tarfile.open(out, "w") as tar:
    parts = {"oci-layout": encode({"imageLayoutVersion": "1.0.0"}), "index.json": index}
    parts.update({"blobs/sha256/" + digest(blob)[7:]: blob for blob in (config, layer, manifest)})
    for path, blob in parts.items():
        info = tarfile.TarInfo(path)
        info.size = len(blob)
        tar.addfile(info, io.BytesIO(blob))
