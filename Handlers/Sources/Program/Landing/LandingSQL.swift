import HandlerKit

/// The statements by which news, weather, rates and places are stored. $2 is the business, $3 the source, arrays behind them.
///
/// Rows are written in the order of their keys, whatever order they came in: two sources of one business that bring the same wait for each other and
/// never both.
enum LandingSQL {
    /// $4 ids, $5 titles, $6 contents, $7 URLs, $8 and $9 URLs and titles in the form by which the same are known, $10 publishers, $11 languages, $12 countries,
    /// $13 images, $14 times. Left out are pages that are there, and headlines that are there from a week before or behind.
    static let news = Statement(
        "sources.land_news",
        """
        with given as (
            select n.id, n.title, n.content, n.url, sha256(convert_to(n.url_key, 'UTF8')) as url_key,
                sha256(convert_to(n.title_key, 'UTF8')) as title_key, n.source, n.language,
                n.country, n.image_url, n.published_at
            from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                $14::timestamptz[]) as n (id, title, content, url, url_key, title_key, source, language, country, image_url, published_at)
        ), stored as (
            insert into app.news_articles
                (tenant_id, id, business_id, source_id, title, content, url, url_key, title_key, source, language, country, image_url, published_at)
            select b.tenant_id, g.id, b.id, $3, g.title, g.content, g.url, g.url_key, g.title_key, g.source, g.language, g.country, g.image_url,
                g.published_at
            from app.businesses b cross join given g
            where b.tenant_id = $1 and b.id = $2
                and not exists (
                    select from app.news_articles o
                    where o.tenant_id = $1 and o.business_id = $2 and o.title_key = g.title_key
                        and o.published_at between g.published_at - interval '7 days' and g.published_at + interval '7 days')
            order by g.url_key
            on conflict (tenant_id, business_id, url_key) do nothing
            returning 1
        )
        select count(*) from stored
        """, access: .write)

    /// How many of $3 places, $4 kinds and $5 times are there.
    static let weatherThere = Statement(
        "sources.weather_there",
        """
        select count(*) from unnest($3::text[], $4::text[], $5::timestamptz[]) as g (location, kind, "timestamp")
        join app.weather_data w on w.tenant_id = $1 and w.business_id = $2 and w.location = g.location and w.kind = g.kind
            and w."timestamp" = g."timestamp"
        """, access: .read, plan: .custom)

    /// $4 places, $5 kinds, $6 times, $7 and $8 coordinates, $9 temperatures, $10 humidity, $11 precipitation, $12 wind, $13 conditions, $14 codes.
    static let weather = Statement(
        "sources.land_weather",
        """
        with stored as (
            insert into app.weather_data as w (tenant_id, business_id, source_id, location, kind, "timestamp", latitude, longitude, temperature, humidity,
                precipitation, wind_speed, conditions, weather_code)
            select b.tenant_id, b.id, $3, g.location, case g.kind when 'forecast' then 'forecast' else 'observed' end, g."timestamp", g.latitude, g.longitude, g.temperature, g.humidity, g.precipitation,
                g.wind_speed, g.conditions, g.weather_code::int
            from app.businesses b
            cross join unnest($4::text[], $5::text[], $6::timestamptz[], $7::float8[], $8::float8[], $9::float8[], $10::float8[], $11::float8[],
                $12::float8[], $13::text[], $14::float8[])
                as g (location, kind, "timestamp", latitude, longitude, temperature, humidity, precipitation, wind_speed, conditions, weather_code)
            where b.tenant_id = $1 and b.id = $2
            order by g.location, g.kind, g."timestamp"
            on conflict (tenant_id, business_id, location, kind, "timestamp") do update set
                source_id = excluded.source_id, latitude = excluded.latitude, longitude = excluded.longitude, temperature = excluded.temperature,
                humidity = excluded.humidity, precipitation = excluded.precipitation, wind_speed = excluded.wind_speed,
                conditions = excluded.conditions, weather_code = excluded.weather_code, fetched_at = excluded.fetched_at
            where (w.temperature, w.humidity, w.precipitation, w.wind_speed, w.weather_code)
                is distinct from (excluded.temperature, excluded.humidity, excluded.precipitation, excluded.wind_speed, excluded.weather_code)
            returning 1
        )
        select count(*) from stored
        """, access: .write)

    /// How many of $3 symbols and $4 times are there.
    static let marketThere = Statement(
        "sources.market_there",
        """
        select count(*) from unnest($3::text[], $4::timestamptz[]) as g (symbol, "timestamp")
        join app.market_data m on m.tenant_id = $1 and m.business_id = $2 and m.symbol = g.symbol and m."timestamp" = g."timestamp"
        """, access: .read, plan: .custom)

    /// $4 symbols, $5 times, $6 values.
    static let market = Statement(
        "sources.land_market",
        """
        with stored as (
            insert into app.market_data as m (tenant_id, business_id, source_id, symbol, "timestamp", value)
            select b.tenant_id, b.id, $3, g.symbol, g."timestamp", g.value
            from app.businesses b
            cross join unnest($4::text[], $5::timestamptz[], $6::float8[]) as g (symbol, "timestamp", value)
            where b.tenant_id = $1 and b.id = $2
            order by g.symbol, g."timestamp"
            on conflict (tenant_id, business_id, symbol, "timestamp") do update set
                source_id = excluded.source_id, value = excluded.value, fetched_at = excluded.fetched_at
            where m.value is distinct from excluded.value
            returning 1
        )
        select count(*) from stored
        """, access: .write)

    /// How many of $3 places are there.
    static let placesThere = Statement(
        "sources.places_there",
        """
        select count(*) from unnest($3::bigint[]) as g (geoname_id)
        join app.places p on p.tenant_id = $1 and p.business_id = $2 and p.geoname_id = g.geoname_id
        """, access: .read, plan: .custom)

    /// $4 numbers, $5 what was searched for, $6 names, $7 countries, $8 regions, $9 and $10 coordinates, $11 inhabitants.
    static let places = Statement(
        "sources.land_places",
        """
        with stored as (
            insert into app.places as p (tenant_id, business_id, source_id, geoname_id, query, name, country, region, latitude, longitude, population)
            select b.tenant_id, b.id, $3, g.geoname_id, g.query, g.name, g.country, g.region, g.latitude, g.longitude, g.population::bigint
            from app.businesses b
            cross join unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::float8[], $10::float8[], $11::float8[])
                as g (geoname_id, query, name, country, region, latitude, longitude, population)
            where b.tenant_id = $1 and b.id = $2
            order by g.geoname_id
            on conflict (tenant_id, business_id, geoname_id) do update set
                source_id = excluded.source_id, query = excluded.query, name = excluded.name, country = excluded.country, region = excluded.region,
                latitude = excluded.latitude, longitude = excluded.longitude, population = excluded.population, fetched_at = excluded.fetched_at
            where (p.query, p.name, p.country, p.region, p.latitude, p.longitude, p.population)
                is distinct from (excluded.query, excluded.name, excluded.country, excluded.region, excluded.latitude, excluded.longitude, excluded.population)
            returning 1
        )
        select count(*) from stored
        """, access: .write)

    /// Places of the business $2 whose name, or what they were searched by, begins with $3; the largest first, $4 how many.
    static let findPlaces = Statement(
        "sources.find_places",
        """
        select p.geoname_id, p.name, p.country, p.region, p.latitude, p.longitude, p.population, p.query
        from app.places p
        where p.tenant_id = $1 and p.business_id = $2 and ($3::text is null or starts_with(lower(p.name), lower($3)) or starts_with(lower(p.query), lower($3)))
        order by p.population desc nulls last, p.geoname_id limit $4
        """, access: .read, plan: .custom)

    static let all = [news, weatherThere, weather, marketThere, market, placesThere, places, findPlaces]
}
