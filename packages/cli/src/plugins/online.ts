/** What talks to sources of plugins, or to plugins: loaded only where one of these is needed. */
export { lockForPlatforms, pluginAges, vendorPlugin } from "@ingot/installer";
export { describePlugin } from "@ingot/host";
