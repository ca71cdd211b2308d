/** The ids of the elements at the top of a segment, and of those in a cluster (RFC 9559, section 5). */
export const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  cues: 0x1c53bb6b,
  cluster: 0x1f43b675,
  chapters: 0x1043a770,
  attachments: 0x1941a469,
  tags: 0x1254c367,
  timestamp: 0xe7,
  position: 0xa7,
  prevSize: 0xab,
  silentTracks: 0x5854,
  encryptedBlock: 0xaf,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  referenceBlock: 0xfb,
  blockAdditions: 0x75a1,
  codecState: 0xa4,
  crc32: 0xbf,
  void: 0xec
} as const

/** Elements that come directly in a segment. One of them ends a cluster of unknown size. */
export const TOP_LEVEL_IDS: ReadonlySet<number> = new Set([
  ID.seekHead,
  ID.info,
  ID.tracks,
  ID.cues,
  ID.cluster,
  ID.chapters,
  ID.attachments,
  ID.tags
])

/** Elements that come directly in a cluster. */
export const CLUSTER_IDS: ReadonlySet<number> = new Set([
  ID.timestamp,
  ID.position,
  ID.prevSize,
  ID.silentTracks,
  ID.encryptedBlock,
  ID.simpleBlock,
  ID.blockGroup,
  ID.crc32,
  ID.void
])
