# shellcheck shell=bash
# Accounting of a cluster: MariaDB on a unix socket in the root, slurmdbd in front of it, and the accounts of alice and bob.

start_mariadb() {
  local cluster=$1 root
  root=$(root_of "$cluster")
  inside "$cluster" install -d -o slurm -g slurm /run/mysqld
  # --init-file reads one statement a line.
  cat > "$root/run/lab/init.sql" << 'SQL'
CREATE DATABASE IF NOT EXISTS slurm;
CREATE USER IF NOT EXISTS 'slurm'@'localhost' IDENTIFIED BY 'slurm';
GRANT ALL ON slurm.* TO 'slurm'@'localhost';
SQL
  spawn_inside "$cluster" mariadb setpriv --reuid=slurm --regid=slurm --clear-groups mariadbd --no-defaults \
    --datadir=/var/lib/slurm-db --socket=/run/mysqld/mysqld.sock --pid-file=/run/mysqld/mariadbd.pid --skip-networking --skip-log-bin \
    --innodb-buffer-pool-size=128M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900 \
    --performance-schema=OFF --init-file=/run/lab/init.sql
}

is_ready_mariadb() { inside "$1" mariadb --no-defaults --user=slurm --password=slurm --execute='use slurm'; }

start_slurmdbd() {
  local cluster=$1 conf
  conf=$(root_of "$cluster")/etc/slurm/slurmdbd.conf
  cat > "$conf" << CONF
AuthType=auth/munge
DbdHost=$cluster
DbdAddr=127.0.0.1
DbdPort=$(port "$cluster/slurmdbd")
CommunicationParameters=NoInAddrAny
SlurmUser=slurm
DebugLevel=info
PidFile=/run/slurm/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
CommitDelay=1
CONF
  inside "$cluster" chown slurm:slurm /etc/slurm/slurmdbd.conf /run/slurm
  chmod 600 "$conf"
  spawn_inside "$cluster" slurmdbd setpriv --reuid=slurm --regid=slurm --clear-groups slurmdbd -D
}

is_ready_slurmdbd() { answers "$(port "$1/slurmdbd")"; }

# register_users CLUSTER : once; slurmctld would start without, but then it knows no associations.
register_users() {
  local cluster=$1
  [ ! -e "$STATE/$cluster/registered" ] || return 0
  inside "$cluster" timeout 30 sacctmgr --immediate --quiet add cluster "$cluster" > /dev/null || :
  inside "$cluster" timeout 30 sacctmgr --immediate --quiet add account research cluster="$cluster" > /dev/null || :
  inside "$cluster" timeout 30 sacctmgr --immediate --quiet add user alice,bob cluster="$cluster" account=research > /dev/null || :
  [ "$(inside "$cluster" timeout 30 sacctmgr --noheader --parsable2 show assoc format=user where account=research cluster="$cluster" user=alice,bob | sort | tr '\n' ' ')" = "alice bob " ] ||
    die_with_log "$cluster" slurmdbd "did not take the accounts of alice and bob"
  touch "$STATE/$cluster/registered"
}
