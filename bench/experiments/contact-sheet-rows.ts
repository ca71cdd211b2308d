/** A video of the media corpus that a contact sheet shows. */
export interface SheetRow {
  readonly file: string
  /** To whom its pictures are owed, where they may be passed on; undefined where nobody says that they may. */
  readonly credit: string | undefined
}

const BUNNY = 'Big Buck Bunny, (c) Blender Foundation, www.bigbuckbunny.org, CC BY 3.0'

/**
 * Twenty files that others made, as different as there are. The licence of a repository is not that of the footage in
 * its tests: a picture is published only where the footage itself is known to be free.
 */
export const SHEET_ROWS: readonly SheetRow[] = [
  { file: 'torchcodec-nasa_13013.mp4', credit: 'NASA, a work of the United States government' },
  { file: 'media3-bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4', credit: BUNNY },
  { file: 'media3-bbb_642x642_768kbps_30fps_vp9.webm', credit: BUNNY },
  { file: 'media3-bbb_960x540_60fps_vp8.webm', credit: BUNNY },
  { file: 'media3-bbb_176x144_128kbps_15fps_h263.3gp', credit: BUNNY },
  { file: 'pigallery2-video_mkv.mkv', credit: BUNNY },
  { file: 'pigallery2-video_rotate.mp4', credit: BUNNY },
  { file: 'media3-sample.avi', credit: undefined },
  { file: 'media3-sample_with_increasing_timestamps_320w_240h_fragmented.mp4', credit: undefined },
  { file: 'media3-roadtrip-vp92-10bit.webm', credit: undefined },
  { file: 'media3-trim_optimization_failure.mp4', credit: undefined },
  { file: 'mediabunny-cursed-vfr.mp4', credit: undefined },
  { file: 'moviepy-chaplin.mp4', credit: undefined },
  { file: 'moviepy-smpte-2997.mp4', credit: undefined },
  { file: 'moviepy-video_with_failing_audio.mp4', credit: undefined },
  { file: 'musicmeta-sample_640x360.mov', credit: undefined },
  { file: 'pigallery2-IMG_7943_HEVC.MOV', credit: undefined },
  { file: 'shaka-small.mp4', credit: undefined },
  { file: 'streamio-file_with_data_streams_works_.mp4', credit: undefined },
  { file: 'tika-testASF.asf', credit: undefined }
]
