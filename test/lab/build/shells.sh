# shellcheck shell=bash
# Login shells that sites give their users and that the roots lack. Kept apart from the roots, which take minutes to build: a
# cluster gets them when somebody asks for them (`lab shells`).

SHELL_PACKAGES=(tcsh zsh fish)

# build_shells BASE FOLDER : files of the packages that BASE lacks, by the machine's own apt with the release and the records of BASE.
build_shells() {
  local base=$1 folder=$2 deb options
  mkdir -p "$folder/.apt/lists/partial" "$folder/.apt/archives/partial"
  options=(-q -y -o "APT::Sandbox::User=root" -o "Dir::Etc::SourceList=$base/etc/apt/sources.list" -o "Dir::Etc::SourceParts=/dev/null"
    -o "Dir::Etc::TrustedParts=$base/etc/apt/trusted.gpg.d" -o "Dir::State::Lists=$folder/.apt/lists" -o "Dir::State::Status=$base/var/lib/dpkg/status"
    -o "Dir::Cache::Archives=$folder/.apt/archives" -o "Dir::Cache::PkgCache=" -o "Dir::Cache::SrcPkgCache=")
  apt-get "${options[@]}" update
  apt-get "${options[@]}" --no-install-recommends --download-only install "${SHELL_PACKAGES[@]}"
  for deb in "$folder"/.apt/archives/*.deb; do
    case $deb in
      */man-db_* | */groff-base_*) ;;
      *) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$folder" --exclude './usr/share/doc' --exclude './usr/share/man' ;;
    esac
  done
  rm -rf "$folder/.apt"
}

# ensure_shells CLUSTER : sets ARTEFACT to the folder with the shells for it.
ensure_shells() {
  local base key
  ensure_root "$1"
  base=$ARTEFACT
  key=$(artefact_key "${base##*/}" "${SHELL_PACKAGES[*]}" "$(declare -f build_shells)")
  ensure_artefact "shells-$1" "$key" "10 s" build_shells "$base"
}

# install_shells CLUSTER : into the running cluster. A folder of a package may be a link in the root (/bin): it stays one.
install_shells() {
  ensure_shells "$1"
  tar -C "$ARTEFACT" -c . | tar -C "$(root_of "$1")" -x --keep-directory-symlink --no-overwrite-dir
}
