export { provideResource } from './provide-resource.js';
export type { InjectFor, ProvideResourceOptions } from './provide-resource-options.interface.js';
export { SCOPED_RESOURCES, ScopedResources } from './scoped-resources.js';
export { tenantContexts, type TenantContextsOptions, type TenantPayload } from './tenant-contexts.js';
