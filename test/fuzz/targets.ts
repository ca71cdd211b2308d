import { createEventsTarget } from './events-target.ts'
import { createIndexTarget } from './index-target.ts'
import { createKeysTarget } from './keys-target.ts'
import { createMatroskaTarget } from './matroska-target.ts'
import { createMultipartTarget } from './multipart-target.ts'
import { createPostTarget } from './post-target.ts'
import { createRealIndexTarget } from './real-index-target.ts'
import type { FuzzTarget } from './target.ts'
import { createTimestampTarget } from './timestamp-target.ts'

/** All targets by name, with the number of cases that `npm test` runs. */
export const TARGETS: Readonly<Record<string, { readonly create: () => Promise<FuzzTarget>, readonly cases: number }>> =
  {
    index: { create: createIndexTarget, cases: 800 },
    matroska: { create: createMatroskaTarget, cases: 300 },
    timestamp: { create: createTimestampTarget, cases: 5000 },
    multipart: { create: createMultipartTarget, cases: 300 },
    keys: { create: createKeysTarget, cases: 500 },
    events: { create: createEventsTarget, cases: 1000 },
    'real-index': { create: createRealIndexTarget, cases: 100 },
    post: { create: createPostTarget, cases: 12 }
  }
