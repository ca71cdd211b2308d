/**
 * Log messages of ffmpeg 5.1 to 8 about concealed, guessed or lost pictures and missing references; its exit code is
 * 0 nevertheless. The first match names the error.
 */
const DECODE_ERRORS: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /error while decoding MB|concealing \d+ DC|cabac decode of qscale|(?:top|left) block unavailable|out of range intra chroma/i,
    'macroblocks were concealed'
  ],
  [
    /reference picture missing|missing reference picture|Missing reference frame|co located POCs unavailable|number of reference frames .* exceeds max|Reference \d+ >= \d+/i,
    'a reference is missing'
  ],
  [
    /Could not find ref with POC|Error constructing the (?:frame RPS|reference lists)|Zero refs in the frame RPS|Duplicate POC/i,
    'a reference is missing'
  ],
  [
    /Not all references are available|(?:Requested|Ref) (?:reference|frame).* (?:not available|unavailable)|without a prior keyframe|first frame is no keyframe/i,
    'a reference is missing'
  ],
  [
    /Invalid NAL unit size|Error splitting the input|missing picture in access unit|No start code is found|no frame!/i,
    'a packet could not be taken apart'
  ],
  [
    /non-existing [PSV]PS|[PSV]PS id out of range|[PSV]PS \d+ does not exist|decode_slice_header error|Error parsing NAL unit|slice header/i,
    'a picture header could not be read'
  ],
  [
    /cu_qp_delta|cu_chroma_qp_offset|CABAC_MAX_BIN|Invalid (?:entry|slice|tile)|entry_point_offset/i,
    'coding blocks could not be read'
  ],
  [
    /Invalid (?:frame marker|sync code|start code|compressed header|partitions)|Marker bit was set|Header size|Invalid header size/i,
    'a frame header could not be read'
  ],
  [
    /Error parsing (?:OBU data|frame header|sequence header)|Overrun in OBU|Failed to (?:read unit|parse temporal unit)|Invalid OBU|repeated frame header/i,
    'a unit of AV1 could not be read'
  ],
  [/corrupt decoded frame/, 'a frame is marked corrupt'],
  [
    /Error while decoding|Error submitting (?:a )?packet to (?:the )?decoder|Decoding error|Invalid data found when processing input/i,
    'decoding failed'
  ]
]

/**
 * Messages of decoders about correct pictures: pictures at the start of an open GOP release earlier references
 * (`mmco`), and unknown messages beside the picture are skipped. (ffmpeg must not output corrupt frames: those before
 * such a key frame would appear, each with a message that counts as an error.) `video_delay` is missing in an
 * unprobed segment and not needed; `low_delay` is a flag of MPEG-4 that the pictures contradict, and that is ignored. A
 * NAL unit without a valid header is skipped; if that was a part of a picture, other messages say that it is missing.
 */
const HARMLESS =
  /mmco: unref short|libdav1d \d|\[libvpx\S* @ \w+\] v\d|Last message repeated|SEI type \d+ size \d+ truncated|Dolby Vision RPU|Unknown OBU type|video_delay is larger|low_delay flag set incorrectly|Invalid NAL unit \d+, skipping|Skipping (?:NALU|invalid undecodable NALU)/i

/**
 * Messages of the H.264 decoder at the start of an open GOP: pictures that are not shown release references that were
 * not read, and others are then one too many.
 */
const RELEASE = /mmco: unref short/
const AFTER_RELEASE = /number of reference frames \(\d+\+\d+\) exceeds max/

/** A log line of a decoder or of its parser, under any name that ffmpeg uses for it. */
const FROM_DECODER =
  /^\[(?:h264|hevc|vp8|vp9|av1|libdav1d|libaom-av1|libvpx(?:-vp9)?|NULL|vp9_superframe_split|av1_frame_merge) @ |\[dec:/

/**
 * Looks up a line of ffmpeg's stderr, at level `warning` or `info`, in the table of decode errors. A message of a
 * decoder that is neither in the table nor known to be harmless counts as an error too: a fallback costs time, a
 * corrupt picture costs trust.
 *
 * @param before the line before it
 * @returns a description of the error; undefined for a line that reports none
 */
export function findDecodeError (line: string, before = ''): string | undefined {
  if (HARMLESS.test(line) || (AFTER_RELEASE.test(line) && RELEASE.test(before))) return undefined
  const [, decodeError] = DECODE_ERRORS.find(([pattern]) => pattern.test(line)) ?? []
  return decodeError ?? (FROM_DECODER.test(line) ? 'the decoder warns' : undefined)
}
