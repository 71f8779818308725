# The demo tenant: its sign-in kept in .tenantry/demo.json, its business and its sample, all made once.
# shellcheck shell=bash
# Sourced after common.sh. TENANTRY is the program, HOME_DIRECTORY its state, BASE the address of the running gateway.

readonly DEMO_SLUG=demo
readonly DEMO_EMAIL=demo@tenantry.example
readonly DEMO_BUSINESS="Seattle weather station"

# The text of a field in a flat JSON document on standard input; nothing if it is absent.
json_text() { grep -o "\"$1\" *: *\"[^\"]*\"" | head -n 1 | sed 's/^"[^"]*" *: *"//; s/"$//' || true; }

demo_file() { printf '%s\n' "$HOME_DIRECTORY/demo.json"; }

# What demo.json says of a field, or nothing.
demo_field() {
    if [[ -f $(demo_file) ]]; then json_text "$1" <"$(demo_file)"; fi
}

# Writes demo.json whole: password, business id or nothing, sample "loaded" or nothing.
demo_write() {
    local file
    file=$(demo_file)
    (
        umask 077
        printf '{"tenant": "%s", "email": "%s", "password": "%s", "business_id": "%s", "sample": "%s"}\n' \
            "$DEMO_SLUG" "$DEMO_EMAIL" "$1" "$2" "$3" >"$file.new"
    )
    mv "$file.new" "$file"
}

# Makes the tenant and the user if they are not there. The password is random and kept before it is used.
demo_provision() {
    local password
    password=$(demo_field password)
    if [[ -z $password ]]; then
        password=$(random_secret)
        demo_write "$password" "" ""
    fi
    "$TENANTRY" tenant create --if-absent --name "Demo" --slug "$DEMO_SLUG" --plan enterprise --json >/dev/null
    printf '%s' "$password" |
        "$TENANTRY" user create --if-absent --email "$DEMO_EMAIL" --name "Demo" --tenant "$DEMO_SLUG" --role owner --password-stdin --json >/dev/null
}

# Asks the gateway; prints the body. Fails with the answer's text if the status is not 2xx.
demo_request() {
    local answer status
    answer=$(curl --silent --show-error --max-time 60 --write-out '\n%{http_code}' "$@") || die "the gateway at $BASE does not answer"
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
    [[ $status == 2?? ]] || die "the gateway answered $status: $answer"
    printf '%s\n' "$answer"
}

# Makes the demo's business and loads the sample into it, each once. Argument: sample | no-sample.
demo_load() {
    local password business token
    password=$(demo_field password)
    business=$(demo_field business_id)
    [[ -n $business && ($1 == no-sample || $(demo_field sample) == loaded) ]] && return
    token=$(demo_request "$BASE/api/v1/auth/login" -H 'Content-Type: application/json' --data-binary @- \
        <<<"{\"email\": \"$DEMO_EMAIL\", \"password\": \"$password\"}" | json_text access_token) ||
        die "the demo user cannot sign in; if another checkout made it in this database, its password stands in that one's demo.json"
    if [[ -z $business ]]; then
        business=$(demo_request "$BASE/api/v1/businesses" -H @- -H 'Content-Type: application/json' \
            --data "{\"name\": \"$DEMO_BUSINESS\", \"industry\": \"weather\", \"location\": \"Seattle\"}" \
            <<<"Authorization: Bearer $token" | json_text id)
        [[ -n $business ]] || die "the gateway's answer to POST /businesses holds no id"
        demo_write "$password" "$business" ""
    fi
    if [[ $1 == sample ]]; then
        say "Loading the sample: four years of Seattle's weather (NOAA) …"
        demo_request "$BASE/api/v1/data/upload?business_id=$business" -H @- -F "file=@$ROOT/infra/sample/seattle-weather.csv;type=text/csv" \
            <<<"Authorization: Bearer $token" >/dev/null
        demo_write "$password" "$business" loaded
    fi
}

# The address, the sign-in and three lines that work when pasted.
demo_show() {
    local password business sample
    password=$(demo_field password)
    business=$(demo_field business_id)
    printf -v sample '%q' "$ROOT/infra/sample/seattle-weather.csv"
    cat <<TEXT

Tenantry answers at $BASE
Sign in as $DEMO_EMAIL with the password $password (tenant "$DEMO_SLUG").

Sign in, upload, read:

  token=\$(curl -s $BASE/api/v1/auth/login -H 'Content-Type: application/json' -d '{"email": "$DEMO_EMAIL", "password": "$password"}' | sed 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/')
  curl -s -H "Authorization: Bearer \$token" -F file=@$sample '$BASE/api/v1/data/upload?business_id=$business'
  curl -s -H "Authorization: Bearer \$token" '$BASE/api/v1/dashboard/metrics/$business?from=2015-12-01T00:00:00Z&to=2016-01-01T00:00:00Z&bucket=week'

Tenants, plans, operators, handlers: infra/tenantry --help
Ctrl-C stops everything; the data stays in $HOME_DIRECTORY.
TEXT
}
