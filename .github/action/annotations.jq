# A report in SARIF as annotations of GitHub Actions: a command a cause. What strangers wrote cannot end a command.
# Where $redacted is not empty, a cause is told by its rule's title, which holds no name.
def data: gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A");
def property: data | gsub(":"; "%3A") | gsub(","; "%2C");
.runs[]
| .tool.driver.rules as $rules
| .results[]
| (if $redacted == "" then .message.text else $rules[.ruleIndex].shortDescription.text end) as $words
| (.locations[0].physicalLocation // null) as $place
| "::" + (if .level == "error" then "error" else "warning" end) + " "
  + (if $place then
      "file=" + ($place.artifactLocation.uri | property) + ",line=" + ($place.region.startLine // 1 | tostring) + ","
     else "" end)
  + "title=" + ("xdiag: " + .ruleId | property) + "::" + ($words | data)
