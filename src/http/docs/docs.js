// Starts Swagger UI on the page at /docs. Its default layout has no bar at the top.
// @ts-nocheck -- Swagger UI has no types.
/* global SwaggerUIBundle */

/**
 * Fills in a form only from examples and defaults, and leaves out empty fields. Without it, Swagger UI invents values,
 * such as the name of a preset that does not exist.
 */
const prefillFromExamples = {
  components: { ParameterIncludeEmpty: () => null },
  afterLoad () {
    const { getSampleSchema } = this.fn
    const hasSample = (schema) => ['default', 'examples', 'enum', 'format'].some((keyword) => schema.has(keyword))
    this.fn.getSampleSchema = (schema, mediaType, ...rest) => {
      // Swagger UI passes `false` for the field of a form.
      return mediaType === false && !hasSample(schema) ? '' : getSampleSchema(schema, mediaType, ...rest)
    }
  }
}

window.addEventListener('DOMContentLoaded', () => {
  SwaggerUIBundle({
    dom_id: '#swagger-ui',
    url: 'openapi.yaml',
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    // Without the badge that sends the URL of the document to validator.swagger.io.
    validatorUrl: null,
    plugins: [SwaggerUIBundle.plugins.DownloadUrl, prefillFromExamples]
  })
})
