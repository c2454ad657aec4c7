/** The version of `report.Reports` that this release speaks. docs/compatibility.md says when it is raised. */
export const reportProtocolVersion = 1;
