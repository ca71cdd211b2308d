import multipart from '@fastify/multipart'
import { S3Client } from '@aws-sdk/client-s3'
import awsLambdaFastify from '@fastify/aws-lambda'
import fastify from 'fastify'

// The packages that the service stands on, and one route: below this no function that has them can start.

const app = fastify()
const client = new S3Client({})
await app.register(multipart)
app.get('/', async () => ({ region: await client.config.region() }))

/** The function. */
export const api = awsLambdaFastify(app)
await app.ready()
