import type { DatedPlace } from "../../../src/backends/slurm/backend.ts";
import type { Kit, JobText } from "./kit.ts";

/**
 * Hands one submission over as the operator does: an answer that is not certain is followed by void, and void's word decides.
 * @returns every place that was tried, the last being the one whose job is followed
 */
export async function submitOnce(
  kit: Kit,
  uid: string,
  text: JobText,
  first = 1,
): Promise<readonly DatedPlace[]> {
  const places: DatedPlace[] = [];
  for (let index = first; index < first + 5; index += 1) {
    const place = kit.place({ uid, index });
    places.push(place);
    if (await isHandedOver(kit, place, text)) return places;
  }
  throw new Error(`${uid}: no attempt of five was handed over`);
}

async function isHandedOver(kit: Kit, place: DatedPlace, text: JobText): Promise<boolean> {
  for (let round = 0; round < 20; round += 1) {
    const answer = await retried(() => kit.login.put(kit.job(place, text), kit.call));
    if (answer.is === "accepted") return true;
    if (answer.is === "answered") throw new Error(`refused: ${answer.text}`);
    if (answer.is !== "notSent") return isOwned(kit, place);
  }
  throw new Error(`${place.token}: no certain answer in twenty rounds`);
}

/** Once void was asked its word alone decides: a void whose answer was lost may have the fence, and a put would still tell the id of the job that is turned away there. */
async function isOwned(kit: Kit, place: DatedPlace): Promise<boolean> {
  for (let round = 0; round < 20; round += 1) {
    const fence = await retried(() => kit.login.void(place, kit.call));
    if (fence.is === "fenced") return fence.owner.is === "job";
  }
  throw new Error(`${place.token}: no certain word of void in twenty rounds`);
}

/** Transport errors say nothing of the job; the next call opens the connection again. */
async function retried<T>(ask: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round += 1) {
    try {
      return await ask();
    } catch (error) {
      if (round === 20) throw error;
    }
  }
}
