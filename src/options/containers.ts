/**
 * A container format that Posterframe reads. This table is the only list of them: detection, uploads, the file picker
 * of the playground, the types of the local store, events and backfills, and the text of `unsupported_media` follow it.
 */
export interface ContainerFormat {
  /** For people, in the text of errors. */
  readonly label: string
  /** The one demuxer of FFmpeg that may open it. None of the table opens other files than the one that it is given. */
  readonly demuxer: string
  /** True if the timeline starts at 0 rather than at the first frame: in ISO BMFF it is that of the movie. */
  readonly startsAtZero?: boolean
  /** True if frames have no times, but only an order and a rate. */
  readonly isElementary?: boolean
  /** True if a frame can be decoded only from the start: the container has no index and no key frames to seek to. */
  readonly isSequential?: boolean
  /** True if a file of this format is a still picture when it has one frame. */
  readonly mayBeStill?: boolean
  /** True if most files with its extensions are still pictures. */
  readonly isMostlyStill?: boolean
  /** Extensions without dots, and the media type of each. Empty if another row has them. */
  readonly extensions: Readonly<Record<string, string>>
  /** Other media types of such files which are not of the kind `video/*`, and which no browser executes. */
  readonly otherTypes?: readonly string[]
}

/** The containers, by the name that responses have, in the order in which errors list them. */
export const CONTAINER_FORMATS = {
  mp4: {
    label: 'MP4',
    demuxer: 'mov',
    startsAtZero: true,
    extensions: {
      mp4: 'video/mp4',
      m4v: 'video/mp4',
      f4v: 'video/mp4',
      '3gp': 'video/3gpp',
      '3g2': 'video/3gpp2'
    },
    otherTypes: ['application/mp4']
  },
  mov: {
    label: 'MOV',
    demuxer: 'mov',
    startsAtZero: true,
    extensions: { mov: 'video/quicktime', qt: 'video/quicktime' }
  },
  matroska: {
    label: 'Matroska',
    demuxer: 'matroska',
    extensions: { mkv: 'video/x-matroska' },
    otherTypes: ['application/x-matroska']
  },
  webm: { label: 'WebM', demuxer: 'matroska', extensions: { webm: 'video/webm' } },
  avi: { label: 'AVI', demuxer: 'avi', extensions: { avi: 'video/x-msvideo' } },
  flv: { label: 'FLV', demuxer: 'flv', extensions: { flv: 'video/x-flv' } },
  asf: { label: 'ASF', demuxer: 'asf', extensions: { asf: 'video/x-ms-asf', wmv: 'video/x-ms-wmv' } },
  mpegps: {
    label: 'MPEG-PS',
    demuxer: 'mpeg',
    extensions: { mpg: 'video/mpeg', mpeg: 'video/mpeg', vob: 'video/mpeg' }
  },
  mpegts: {
    label: 'MPEG-TS',
    demuxer: 'mpegts',
    extensions: { ts: 'video/mp2t', mts: 'video/mp2t', m2t: 'video/mp2t', m2ts: 'video/mp2t' }
  },
  ogg: {
    label: 'Ogg',
    demuxer: 'ogg',
    extensions: { ogv: 'video/ogg', ogg: 'video/ogg' },
    otherTypes: ['application/ogg']
  },
  mxf: { label: 'MXF', demuxer: 'mxf', extensions: { mxf: 'application/mxf' }, otherTypes: ['application/mxf'] },
  mpegvideo: {
    label: 'MPEG-1 and MPEG-2 video',
    demuxer: 'mpegvideo',
    isElementary: true,
    isSequential: true,
    extensions: { m1v: 'video/mpeg', m2v: 'video/mpeg', mpv: 'video/mpeg' }
  },
  mpeg4video: {
    label: 'MPEG-4 video',
    demuxer: 'm4v',
    isElementary: true,
    isSequential: true,
    // The extension is that of MP4, too: `.m4v`.
    extensions: {}
  },
  h264: {
    label: 'H.264',
    demuxer: 'h264',
    isElementary: true,
    isSequential: true,
    extensions: { h264: 'video/h264', 264: 'video/h264' }
  },
  hevc: {
    label: 'HEVC',
    demuxer: 'hevc',
    isElementary: true,
    isSequential: true,
    extensions: { hevc: 'video/h265', h265: 'video/h265', 265: 'video/h265' }
  },
  gif: {
    label: 'animated GIF',
    demuxer: 'gif',
    isSequential: true,
    mayBeStill: true,
    isMostlyStill: true,
    extensions: { gif: 'image/gif' },
    otherTypes: ['image/gif']
  },
  apng: {
    label: 'animated PNG',
    demuxer: 'apng',
    isSequential: true,
    mayBeStill: true,
    extensions: { apng: 'image/apng' },
    otherTypes: ['image/apng', 'image/vnd.mozilla.apng']
  }
} as const satisfies Readonly<Record<string, ContainerFormat>>

/** Name of a container in {@link CONTAINER_FORMATS}. */
export type ContainerName = keyof typeof CONTAINER_FORMATS

const FORMATS: readonly ContainerFormat[] = Object.values(CONTAINER_FORMATS)

/** The media type of each extension of a container. */
export const CONTAINER_EXTENSIONS: ReadonlyMap<string, string> = new Map(
  FORMATS.flatMap(({ extensions }) => Object.entries(extensions))
)

/** Media types of containers that are not of the kind `video/*`. */
export const OTHER_CONTAINER_TYPES: readonly string[] = FORMATS.flatMap(({ otherTypes = [] }) => otherTypes)

/**
 * Extensions that are rarely those of still pictures. Pictures outnumber animations in most buckets, so that nothing is
 * made of a `.gif` or `.png` unless it is requested.
 */
export const VIDEO_EXTENSIONS: readonly string[] = FORMATS.flatMap(({ isMostlyStill, extensions }) =>
  isMostlyStill === true ? [] : Object.keys(extensions)
)

/** The labels of all containers, for the text of an error: "MP4, MOV, ... or animated PNG". */
export const CONTAINER_LABELS: string = FORMATS.map(({ label }) => label)
  .join(', ')
  .replace(/, ([^,]*)$/, ' or $1')

/**
 * The value of `accept` of an `<input type="file">`: the kind `video/*`, and the extensions and other types of all
 * containers, because systems do not know the types of many.
 */
export const FILE_PICKER_TYPES: string = [
  'video/*',
  ...OTHER_CONTAINER_TYPES.filter((type) => type.startsWith('image/')),
  ...[...CONTAINER_EXTENSIONS.keys()].map((extension) => `.${extension}`)
].join(',')

/** Returns the extension of a name or key in lower case and without its dot; empty if it has none. */
export function extensionOf (name: string): string {
  return /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}
