import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Platform } from 'aws-cdk-lib/aws-ecr-assets'
import {
  Architecture,
  Code,
  DockerImageCode,
  DockerImageFunction,
  Function,
  LayerVersion,
  Runtime,
  type FunctionOptions
} from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { RoleName } from './policy.ts'
import type { Settings } from './settings.ts'

/** Makes a function of one entry of the artefact. */
export type CreateFunction = (id: string, entry: RoleName, options: FunctionOptions) => Function

const root = join(import.meta.dirname, '..')

/**
 * One artefact for all functions, which differ by their handler: an image of docker/lambda.Dockerfile, or `dist/` and
 * a layer.
 */
export function prepareArtefact (scope: Construct, settings: Settings): CreateFunction {
  return settings.package === 'image' ? prepareImage(scope, settings) : prepareZip(scope, settings)
}

function prepareImage (scope: Construct, { architecture }: Settings): CreateFunction {
  const [lambdaArchitecture, platform] =
    architecture === 'arm64' ? [Architecture.ARM_64, Platform.LINUX_ARM64] : [Architecture.X86_64, Platform.LINUX_AMD64]
  return (id, entry, options) =>
    new DockerImageFunction(scope, id, {
      ...options,
      architecture: lambdaArchitecture,
      code: DockerImageCode.fromImageAsset(root, {
        file: 'docker/lambda.Dockerfile',
        cmd: [`lambda.${entry}`],
        platform
      })
    })
}

function prepareZip (scope: Construct, settings: Settings): CreateFunction {
  const architecture = settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64
  const code = Code.fromAsset(findDist(settings), { exclude: ['*.map'] })
  const layer = gatherFfmpeg(settings)
  const ffmpeg = new LayerVersion(scope, 'Ffmpeg', {
    description: 'ffmpeg, as /opt/bin/ffmpeg',
    code: Code.fromAsset(layer),
    compatibleArchitectures: [architecture]
  })
  // The CDK has a copy of its own by now.
  rmSync(layer, { recursive: true })
  return (id, entry, options) =>
    new Function(scope, id, {
      ...options,
      environment: { NODE_ENV: 'production', ...options.environment },
      architecture,
      runtime: Runtime.NODEJS_24_X,
      handler: `lambda.${entry}`,
      code,
      layers: [ffmpeg]
    })
}

/** `dist/` holds libraries of one platform: that of the machine where it was built. */
function findDist ({ dist = join(root, 'dist'), architecture }: Settings): string {
  const sharp = `@img/sharp-linux-${architecture === 'arm64' ? 'arm64' : 'x64'}`
  for (const path of ['lambda.mjs', join('node_modules', sharp)]) {
    if (!existsSync(join(dist, path))) {
      throw new Error(
        `${join(dist, path)} is missing. Run \`npm run build\` on Linux of this architecture, or deploy with package=image.`
      )
    }
  }
  return dist
}

/** A directory that becomes /opt. */
function gatherFfmpeg ({ ffmpeg = join(root, 'node_modules/ffmpeg-static/ffmpeg') }: Settings): string {
  if (!existsSync(ffmpeg)) {
    throw new Error(
      `${ffmpeg} is missing. Name a static ffmpeg for Linux with ffmpeg=PATH, or deploy with package=image.`
    )
  }
  const layer = mkdtempSync(join(tmpdir(), 'posterframe-layer-'))
  mkdirSync(join(layer, 'bin'))
  cpSync(ffmpeg, join(layer, 'bin/ffmpeg'), { dereference: true })
  return layer
}
