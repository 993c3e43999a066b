// Addresses: every view is a fragment that can be sent.
//   #/                          the overview; ?q= &relation= &source= &with= &from= &to= &sort=
//   #/g/GROUP                   its versions and the map of passages; ?ref= &order= &fold=
//   #/g/GROUP/text/REF          paragraph by paragraph against one version
//   #/g/GROUP/read/A/B/PASSAGE  two versions side by side

export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").map(decode);
  const params = new URLSearchParams(query);
  if (parts[0] !== "g" || !parts[1]) return { view: "overview", params };
  const route = { view: "group", group: parts[1], params };
  if (parts[2] === "text") return { ...route, view: "text", ref: parts[3] };
  if (parts[2] === "read") return { ...route, view: "read", a: parts[3], b: parts[4], passage: Number(parts[5]) || 0 };
  return route;
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function address(parts, params) {
  const path = parts.filter((part) => part !== undefined && part !== null && part !== "").map((part) => encodeURIComponent(part));
  const query = new URLSearchParams(Object.entries(params ?? {}).filter(([, value]) => value !== "" && value !== null && value !== undefined)).toString();
  return `#/${path.join("/")}${query ? "?" + query : ""}`;
}

// The page that holds a group may be another file of the folder.
export function groupAddress(row, ...rest) {
  return (row.page ?? "") + address(["g", row.k, ...rest]);
}

export function replace(hash) {
  history.replaceState(null, "", hash);
}
