/** A closed set, because it labels metrics. The values are controller-runtime's. */
export const priorities = [0, -100] as const;

/** 0 for what has just changed, -100 for what is looked at only because we started or listed anew, and for news that can wait for others. */
export type Priority = (typeof priorities)[number];
