import { markFiles } from "../../../core/slurm/launcher/layout.ts";

/**
 * Shell: whether nothing of a token runs or ever will, by what `$marks` holds. Closed; or its fence is void; or sbatch refused it and gave no
 * id; or sbatch was never tried, and then the deadline of its puts stands before anything is done. Whether a job that was let in before
 * the close still runs, only the queue tells.
 */
export const isOver = `is_over() {
  if [ -e "$marks/${markFiles.closed}" ] || [ ! -e "$marks/${markFiles.tried}" ]; then return 0; fi
  owner=
  [ ! -s "$marks/${markFiles.owner}" ] || read -r owner <"$marks/${markFiles.owner}"
  case $owner in
    void) return 0 ;;
    '') [ -e "$marks/${markFiles.code}" ] && [ ! -s "$marks/${markFiles.id}" ] ;;
    *) return 1 ;;
  esac
}`;
