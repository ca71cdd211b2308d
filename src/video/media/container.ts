/** A container format that Posterframe reads, and the one ffmpeg demuxer that may open it. */
export interface Container {
  readonly name: 'mp4' | 'mov' | 'matroska' | 'webm' | 'avi' | 'flv' | 'asf' | 'mpegps' | 'mpegts' | 'ogg'
  readonly demuxer: string
  /** True if the timeline starts at 0 rather than at the first frame: in ISO BMFF it is that of the movie. */
  readonly startsAtZero: boolean
}

const container = (name: Container['name'], demuxer: string, startsAtZero = false): Container => ({
  name,
  demuxer,
  startsAtZero
})

/** The containers that Posterframe reads, by name. */
export const CONTAINERS: { readonly [Name in Container['name']]: Container } = {
  mp4: container('mp4', 'mov', true),
  mov: container('mov', 'mov', true),
  matroska: container('matroska', 'matroska'),
  webm: container('webm', 'matroska'),
  avi: container('avi', 'avi'),
  flv: container('flv', 'flv'),
  asf: container('asf', 'asf'),
  mpegps: container('mpegps', 'mpeg'),
  mpegts: container('mpegts', 'mpegts'),
  ogg: container('ogg', 'ogg')
}
