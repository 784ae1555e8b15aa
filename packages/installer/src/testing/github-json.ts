import type { StoredRelease } from "./github-server.js";

interface Place {
  readonly repository: string;
  readonly apiUrl: string;
  readonly webUrl: string;
}

/** A release as the REST API tells it: the documented fields that clients may look at. */
export function releaseJson({ id, tag, draft, prerelease, assets }: StoredRelease, place: Place): unknown {
  const { repository, apiUrl, webUrl } = place;
  const [api, web] = [`${apiUrl}/repos/${repository}`, `${webUrl}/${repository}`];
  const at = "2026-01-02T03:04:05Z";
  return {
    url: `${api}/releases/${id}`,
    assets_url: `${api}/releases/${id}/assets`,
    html_url: `${web}/releases/tag/${tag}`,
    id,
    node_id: `RE_${id}`,
    tag_name: tag,
    target_commitish: "main",
    name: tag,
    draft,
    prerelease,
    immutable: false,
    created_at: at,
    published_at: draft ? null : at,
    body: "",
    assets: assets.map((asset) => ({
      url: `${api}/releases/assets/${asset.id}`,
      id: asset.id,
      node_id: `RA_${asset.id}`,
      name: asset.name,
      label: "",
      content_type: "application/octet-stream",
      state: "uploaded",
      size: asset.size,
      digest: `sha256:${asset.sha256}`,
      download_count: 0,
      created_at: at,
      updated_at: at,
      browser_download_url: `${web}/releases/download/${tag}/${asset.name}`,
    })),
  };
}
