import type { Course } from "../mutant.ts";
import { deletedWhileDown } from "./deleted-while-down.ts";
import { lateRequest } from "./late-request.ts";

export const courses: readonly Course[] = [lateRequest, deletedWhileDown];
